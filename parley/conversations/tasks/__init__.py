"""Long work that a person started: an upload, an export.

A *kind* of work is declared once, beside the action that it calls:

    @tasks.kind("texting.export", label=_("Export"), role=Role.ADMIN)
    def export(task: BackgroundTask, progress: tasks.Progress) -> Json: ...

and started from an action, in the transaction of its cause:

    tasks.start(kind="texting.export", organization=campaign.organization_id, subject_key=str(campaign.pk),
                started_by=actor.pk, arguments={"campaign": campaign.pk})

The row in `BackgroundTask` is what people see; the job in procrastinate's queue is only the push that
makes a worker look at it. A kind must be safe to run twice: a task whose process died is run again.
"""

from parley.conversations.tasks.kinds import Kind, Work, kind, kind_of
from parley.conversations.tasks.progress import Cancelled, Progress, Superseded
from parley.conversations.tasks.running import Failure, recover, run, run_waiting
from parley.conversations.tasks.starting import AlreadyRunning, active, cancel, start
from parley.conversations.tasks.worker import run_worker_async

__all__ = [
    "AlreadyRunning",
    "Cancelled",
    "Failure",
    "Kind",
    "Progress",
    "Superseded",
    "Work",
    "active",
    "cancel",
    "kind",
    "kind_of",
    "recover",
    "run",
    "run_waiting",
    "run_worker_async",
    "start",
]
