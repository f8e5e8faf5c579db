"""Loading a campaign's contacts: all of a list, or nothing of it.

One transaction deletes the former list and inserts the new one, slice by slice, while the file is read:
the parsing thread and the database work side by side. Whatever ends it - a bad row, a cancellation, a
`kill -9` of either side - the former list stays as it was. Its price: the transaction lives as long as
the load, about a second per 100,000 contacts. It locks nothing that others wait for: rows of its own,
and for the last milliseconds the campaign's row.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from parley.accounts.actions import audit
from parley.accounts.models import User
from parley.conversations import direct, files, tasks
from parley.conversations.models import BackgroundTask, StoredFile
from parley.texting.actions.uploads import reading
from parley.texting.actions.uploads.refused import Refused
from parley.texting.contact_loaders import base, registry
from parley.texting.models import Campaign, CampaignStatus
from parley.web import announcer

__all__ = ["KIND", "Refused", "clean_up", "load_contacts", "refuse_if_busy", "refuse_if_started", "start_upload"]

KIND: Final = "texting.upload"


def start_upload(
    *, actor: User, campaign: Campaign, file: StoredFile | None, loader: str = registry.DEFAULT, **arguments: Any
) -> BackgroundTask:
    """Begin to load contacts into a draft campaign; the former list is replaced at the end.

    Raises Refused after the campaign's start, and tasks.AlreadyRunning while another upload to it runs;
    the file is deleted then.
    """
    try:
        with transaction.atomic():
            current = Campaign.everywhere.select_for_update(no_key=True).get(pk=campaign.pk)
            refuse_if_started(current)
            task = tasks.start(
                kind=KIND,
                organization=current.organization_id,
                subject_key=str(current.pk),
                started_by=actor.pk,
                arguments={
                    "campaign": current.pk,
                    "file": file.pk if file else None,
                    "file_name": file.name if file else "",
                    "loader": loader,
                    **arguments,
                },
            )
            audit.record(
                "campaign.upload_started",
                actor=actor,
                organization=current.organization_id,
                target=current,
                task=task.pk,
                loader=loader,
                bytes=file.size if file else 0,
            )
    except (Refused, tasks.AlreadyRunning):
        if file is not None:
            files.delete(file.pk)
        raise
    return task


def refuse_if_started(campaign: Campaign) -> None:
    """Raises Refused unless the campaign is a draft."""
    if campaign.status != CampaignStatus.DRAFT:
        raise Refused(_("This campaign has been started: its list of contacts can no longer be replaced."))


def refuse_if_busy(campaign: Campaign) -> None:
    """Raises tasks.AlreadyRunning while an upload to the campaign runs: asked before a file is received."""
    running = tasks.active(kind=KIND, subject_key=str(campaign.pk))
    if running is not None:
        raise tasks.AlreadyRunning(running)


def load_contacts(task: BackgroundTask, progress: tasks.Progress) -> dict[str, Any]:
    """The work of an upload. Safe to run again after a crash at any point.

    Raises tasks.Failure with what is wrong, for the organizer.
    """
    arguments = task.arguments
    campaign = Campaign.everywhere.get(pk=arguments["campaign"])
    if campaign.upload_result.get("task") == task.pk:
        return dict(campaign.upload_result)  # the process died between the switch and the task's end
    try:
        refuse_if_started(campaign)
        loader = registry.loader_of(arguments["loader"])
        with direct.connect() as own:
            loading = loader.load(
                base.Source(
                    organization_id=campaign.organization_id,
                    campaign_id=campaign.pk,
                    arguments=arguments,
                    pieces=lambda: files.read(arguments["file"]),
                )
            )
            result = reading.Upload(campaign=campaign, task=task, progress=progress, own=own).run(loading)
    except (base.LoaderProblem, Refused) as problem:
        raise tasks.Failure(str(problem), detail=getattr(problem, "detail", {})) from problem
    announcer.announce(f"campaign:{campaign.pk}")
    clean_up(task)
    return result


def clean_up(task: BackgroundTask) -> None:
    """The uploaded file is not kept: its contacts are loaded, or it must be sent again."""
    if task.arguments.get("file"):
        files.delete(task.arguments["file"])
