"""The campaign editor: one page a section, each saved on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from parley.accounts import errors, pages
from parley.accounts.models import Role, User
from parley.conversations import tasks
from parley.conversations.models import BackgroundTask
from parley.conversations.tasks import pages as task_pages
from parley.texting import access, actions, forms, script_form, segments
from parley.texting.actions import starting
from parley.texting.models import Campaign, CampaignStatus, Contact
from parley.texting.queries import campaigns as queries
from parley.texting.queries import scripts as script_queries
from parley.texting.scripts import rendering, variables
from parley.texting.views.campaigns import join_url

#: sections in their order, with the lowest role that may open them
SECTIONS = {
    "basics": Role.SUPERVOLUNTEER,
    "contacts": Role.ADMIN,
    "script": Role.SUPERVOLUNTEER,
    "assignment": Role.SUPERVOLUNTEER,
    "hours": Role.ADMIN,
    "start": Role.ADMIN,
}


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def edit(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    """To the first section that still lacks something."""
    campaign = access.access_campaign(request.membership, campaign_id)
    role = request.membership.role
    missing = [item.section for item in queries.missing_before_start(campaign) if role >= SECTIONS[item.section]]
    if campaign.started_at is not None:
        section = "basics"
    else:
        section = missing[0] if missing else "start" if role >= SECTIONS["start"] else "basics"
    return redirect(f"texting:campaign_{section}", request.organization.slug, campaign.pk)


@pages.organization_page(role=SECTIONS["basics"])
@require_http_methods(["GET", "HEAD", "POST"])
def basics(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    campaign = access.access_campaign(request.membership, campaign_id)
    channels = queries.channels(request.organization)

    def make(data: Any, campaign: Campaign) -> forms.Section:
        return forms.Basics(data, campaign=campaign, channels=channels)

    def save(values: dict[str, Any]) -> None:
        actions.save_basics(request.membership, campaign.pk, **{"channel_id": campaign.channel_id, **values})

    return _section(request, campaign, "basics", make=make, save=save, extra={"channels": channels})


@pages.organization_page(role=SECTIONS["assignment"])
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    campaign = access.access_campaign(request.membership, campaign_id)

    def make(data: Any, campaign: Campaign) -> forms.Section:
        return forms.Assignment(data, campaign=campaign)

    def save(values: dict[str, Any]) -> None:
        actions.save_assignment(request.membership, campaign.pk, **values)

    extra = {"join_url": join_url(request, campaign)}
    return _section(request, campaign, "assignment", make=make, save=save, extra=extra)


@pages.organization_page(role=SECTIONS["hours"])
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    campaign = access.access_campaign(request.membership, campaign_id)
    texting = queries.texting_settings(request.organization)

    def make(data: Any, campaign: Campaign) -> forms.Section:
        return forms.Hours(data, campaign=campaign, texting=texting)

    def save(values: dict[str, Any]) -> None:
        actions.save_hours(
            request.membership,
            campaign.pk,
            override=values["override_texting_hours"],
            enforced=values["texting_hours_enforced"],
            start=values["texting_hours_start"],
            end=values["texting_hours_end"],
            timezone_name=values["timezone"],
            version=values["version"],
        )

    return _section(request, campaign, "hours", make=make, save=save)


@pages.organization_page(role=SECTIONS["contacts"])
@require_safe
def contacts(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    campaign = access.access_campaign(request.membership, campaign_id)
    context = _editor(request, campaign, "contacts")
    return render(request, "texting/campaign_contacts.html", {**context, "result": campaign.upload_result})


@pages.organization_page(role=SECTIONS["script"])
@require_http_methods(["GET", "HEAD", "POST"])
def script(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    campaign = access.access_campaign(request.membership, campaign_id)
    steps = script_queries.steps_of(campaign)
    version = script_queries.version_of(steps)
    if request.method != "POST":
        root = script_form.from_step(script_queries.tree_of(steps))
        return _script_page(request, campaign, root, version=version)
    try:
        root = script_form.parse(request.POST)
    except script_form.Malformed as error:
        messages.error(request, str(error))
        return redirect("texting:campaign_script", request.organization.slug, campaign.pk)
    sent_version = request.POST.get("version", "")
    deed, _colon, key = request.POST.get("do", "").partition(":")
    if key:
        script_form.change(root, deed, key)
        return _script_page(request, campaign, root, version=sent_version, changed=True)
    return _save_script(request, campaign, root, version=sent_version)


def _save_script(
    request: pages.OrganizationRequest, campaign: Campaign, root: script_form.Node, *, version: str
) -> HttpResponse:
    try:
        actions.save_script(request.membership, campaign.pk, root=root.to_step(), version=version)
    except actions.WrongScript as refusal:
        for problem in refusal.problems:
            node = script_form.find(root, problem.key)
            if node is not None:
                node.errors.setdefault(problem.field or "script", problem.text)
        return _script_page(
            request, campaign, root, version=version, changed=True, problems=refusal.problems, status=422
        )
    except actions.Outdated as refusal:
        steps = script_queries.steps_of(campaign)
        theirs = script_form.from_step(script_queries.tree_of(steps))
        newer = script_queries.version_of(steps)
        return _script_page(
            request, campaign, root, version=newer, changed=True, outdated=str(refusal), theirs=theirs, status=409
        )
    except errors.Refused as refusal:
        messages.error(request, str(refusal))
        return _script_page(request, campaign, root, version=version, changed=True, status=409)
    messages.success(request, _("The script is saved."))
    return _onward(request, campaign, "script")


@pages.organization_page(role=SECTIONS["start"])
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    campaign = access.access_campaign(request.membership, campaign_id)
    if request.method == "POST":
        try:
            task = actions.start_campaign(request.membership, campaign.pk)
        except (errors.Refused, tasks.AlreadyRunning) as refusal:
            messages.error(request, str(refusal))
            return redirect("texting:campaign_start", request.organization.slug, campaign.pk)
        if task is not None:
            return redirect("texting:campaign_start", request.organization.slug, campaign.pk)
        messages.success(request, _("The campaign runs. Send the join link to your volunteers."))
        return redirect("texting:campaign", request.organization.slug, campaign.pk)
    if campaign.started_at is not None:
        return redirect("texting:campaign", request.organization.slug, campaign.pk)
    texting = queries.texting_settings(request.organization)
    sample = queries.sample_contact(campaign)
    root = script_queries.tree_of(script_queries.steps_of(campaign))
    first_text = _rendered(root.script if root else "", campaign, sample, request.user)
    counted = segments.count(first_text)
    task = _last_start(campaign)
    if task is not None:
        pages.follow(request, f"task:{task.pk}")
    context = _editor(request, campaign, "start")
    context |= {
        "first_text": first_text,
        "sample": sample,
        "segments": counted.segments,
        "segments_altogether": counted.segments * campaign.contacts_count,
        "hours": queries.hours_of(campaign, texting),
        "task": task_pages.shown(task, request.organization) if task is not None else None,
    }
    return render(request, "texting/campaign_start.html", context)


@pages.organization_page(role=Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def texting_settings(request: pages.OrganizationRequest) -> HttpResponse:
    """How the organization texts."""
    texting = queries.texting_settings(request.organization)
    form = forms.Settings(request.POST or None, texting=texting, channels=queries.channels(request.organization))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            actions.save_settings(request.membership, values=values, version=version)
        except errors.Refused as refusal:
            form.add_error(None, str(refusal))
            if isinstance(refusal, actions.Outdated):
                form.take_newer_version(queries.settings_version(queries.texting_settings(request.organization)))
        else:
            messages.success(request, _("The texting settings are saved."))
            return redirect("texting:settings", request.organization.slug)
    return render(request, "texting/texting_settings.html", {"form": form}, status=422 if form.errors else 200)


def _section(
    request: pages.OrganizationRequest,
    campaign: Campaign,
    section: str,
    *,
    make: Callable[[Any, Campaign], forms.Section],
    save: Callable[[dict[str, Any]], None],
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show a section's form, or save what was sent and go on to the next section."""
    form = make(request.POST if request.method == "POST" else None, campaign)
    conflict: list[tuple[str, str]] | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save(form.cleaned_data)
            except actions.Outdated:
                campaign = access.access_campaign(request.membership, campaign.pk)
                conflict, status = form.differences(campaign), 409
                form.take_newer_version(queries.section_version(campaign, section))
            except errors.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return _onward(request, campaign, section)
    context = {**_editor(request, campaign, section), "form": form, "conflict": conflict, **(extra or {})}
    return render(request, f"texting/campaign_{section}.html", context, status=status)


def _script_page(
    request: pages.OrganizationRequest, campaign: Campaign, root: script_form.Node, *, version: str, **more: Any
) -> HttpResponse:
    sample = queries.sample_contact(campaign)
    for node in root.walk():
        node.preview = _rendered(node.script, campaign, sample, request.user)
    context: dict[str, Any] = {
        "root": root,
        "version": version,
        "sample": sample,
        "values": _sample_values(campaign, sample, request.user),
        "offered": [*variables.OFFERED[:5], *campaign.custom_fields, *variables.OFFERED[5:]],
        "conflict": None,
        **more,
    }
    status = context.pop("status", 200)
    if request.headers.get("HX-Request"):
        context |= {"campaign": campaign, "organization_slug": request.organization.slug}
        return render(request, "texting/campaign_script_form.html", context, status=status)
    context |= _editor(request, campaign, "script")
    return render(request, "texting/campaign_script.html", context, status=status)


def _onward(request: pages.OrganizationRequest, campaign: Campaign, section: str) -> HttpResponse:
    """To the next section that the person may open, while the campaign is being set up; else the same again."""
    names = [name for name, role in SECTIONS.items() if request.membership.role >= role]
    target = section
    if campaign.started_at is None and request.POST.get("then") != "stay":
        later = names[names.index(section) + 1 :]
        target = later[0] if later else section
    return redirect(f"texting:campaign_{target}", request.organization.slug, campaign.pk)


def _editor(request: pages.OrganizationRequest, campaign: Campaign, section: str) -> dict[str, Any]:
    """What every section's page shows around its form."""
    missing = [] if campaign.started_at is not None else queries.missing_before_start(campaign)
    slug, role = request.organization.slug, request.membership.role
    names = [name for name, least in SECTIONS.items() if role >= least]
    if campaign.started_at is not None:
        names = [name for name in names if name not in {"start", "contacts"}]
    return {
        "campaign": campaign,
        "status": queries.effective_status(campaign),
        "section": section,
        "organization_slug": slug,
        "missing": [
            {"text": item.text, "url": reverse(f"texting:campaign_{item.section}", args=[slug, campaign.pk])}
            for item in missing
        ],
        "missing_here": [item.text for item in missing if item.section == section],
        "sections": [
            {
                "label": _label(name),
                "url": reverse(f"texting:campaign_{name}", args=[slug, campaign.pk]),
                "state": _state(name, missing=[item.section for item in missing], campaign=campaign),
                "note": _note(name, campaign),
                "active": name == section,
            }
            for name in names
        ],
        "may_manage": role >= Role.ADMIN,
    }


def _label(section: str) -> str:
    return {
        "basics": _("Basics"),
        "contacts": _("Contacts"),
        "script": _("Script"),
        "assignment": _("Texters"),
        "hours": _("Texting hours"),
        "start": _("Start"),
    }[section]


def _state(section: str, *, missing: list[str], campaign: Campaign) -> str:
    if section == "start":
        return "locked" if missing else "todo"
    return "attention" if section in missing else "done"


def _note(section: str, campaign: Campaign) -> str:
    if section == "basics" and campaign.due_by:
        return _("until %(day)s") % {"day": date_format(campaign.due_by, "SHORT_DATE_FORMAT")}
    if section == "contacts" and campaign.contacts_count:
        count = campaign.contacts_count
        return ngettext("%(count)s person", "%(count)s people", count) % {"count": f"{count:,}"}
    if section == "assignment":
        return _("%(count)s at a time") % {"count": campaign.batch_size} if campaign.use_dynamic_assignment else ""
    if section == "hours" and campaign.override_texting_hours:
        return _("its own")
    return ""


def _rendered(text: str, campaign: Campaign, contact: Contact, texter: User) -> str:
    """A script as this contact gets it from this texter."""
    return rendering.render(
        segments.to_gsm(text),
        {
            "firstName": contact.first_name,
            "lastName": contact.last_name,
            "cell": contact.cell,
            "zip": contact.zip,
            "external_id": contact.external_id,
            "id": contact.pk,
        },
        {"firstName": texter.first_name, "lastName": texter.last_name, "alias": texter.alias or None},
        contact.custom_fields,
        known_fields=campaign.custom_fields,
    )


def _sample_values(campaign: Campaign, contact: Contact, texter: User) -> dict[str, str]:
    """Every spelling of every known variable, with what it stands for: the browser's preview uses it."""
    names = {*variables.BUILT_IN, *campaign.custom_fields}
    names |= {variables.twin(name) for name in names}
    return {name: _rendered(f"{{{name}}}", campaign, contact, texter) for name in sorted(names)}


def _last_start(campaign: Campaign) -> BackgroundTask | None:
    """The newest start in the background of a campaign that is still a draft."""
    if campaign.status != CampaignStatus.DRAFT:
        return None
    return BackgroundTask.everywhere.filter(kind=starting.KIND, subject_key=str(campaign.pk)).order_by("-pk").first()
