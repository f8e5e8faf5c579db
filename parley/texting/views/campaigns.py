"""The campaign list, the live page, and the buttons that move a campaign on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.accounts import errors, pages
from parley.accounts.models import Role
from parley.texting import access, actions, forms
from parley.texting.actions import exports
from parley.texting.models import Campaign, CampaignStatus
from parley.texting.queries import campaigns as queries
from parley.texting.queries import live

CAMPAIGNS_ON_A_PAGE = 25


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def campaign_list(request: pages.OrganizationRequest) -> HttpResponse:
    archived = request.GET.get("tab") == "archived"
    search = request.GET.get("q", "").strip()
    sort = request.GET.get("sort", "-id")
    rows = queries.of_organization(request.organization, archived=archived, search=search, sort=sort)
    page = Paginator(rows, CAMPAIGNS_ON_A_PAGE).get_page(request.GET.get("page"))
    here = request.path
    return render(
        request,
        "texting/campaign_list.html",
        {
            "page": page,
            "rows": queries.with_numbers(list(page.object_list)),
            "search": search,
            "sort": sort if sort in queries.SORTS else "-id",
            "sorts": [
                ("-id", _("Newest first")),
                ("id", _("Oldest first")),
                ("due", _("Due soonest")),
                ("-due", _("Due latest")),
                ("title", _("Title")),
            ],
            "archived": archived,
            "tabs": [
                {"label": _("Current"), "url": here, "active": not archived},
                {
                    "label": _("Archived"),
                    "url": f"{here}?tab=archived",
                    "active": archived,
                    "count": queries.count_archived(request.organization),
                },
            ],
            "may_create": request.membership.role >= Role.ADMIN,
        },
    )


@pages.organization_page(role=Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_create(request: pages.OrganizationRequest) -> HttpResponse:
    form = forms.NewCampaign(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = actions.create_campaign(request.membership, **form.cleaned_data)
        except errors.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("texting:campaign_basics", request.organization.slug, campaign.pk)
    return render(request, "texting/campaign_create.html", {"form": form}, status=422 if form.errors else 200)


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def campaign(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    found = access.access_campaign(request.membership, campaign_id)
    if found.started_at is None and found.status != CampaignStatus.ARCHIVED:
        return redirect("texting:campaign_edit", request.organization.slug, found.pk)
    pages.follow(request, f"campaign:{found.pk}")
    counts = live.counted(found)
    context = {**_live(request, found, counts), **_details(request, found, counts)}
    return render(request, "texting/campaign_live.html", context)


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def campaign_live(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    """The tiles alone, for the page to refresh itself."""
    found = access.access_campaign(request.membership, campaign_id)
    return render(request, "texting/campaign_live_numbers.html", _live(request, found, live.counted(found)))


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def campaign_details(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    """Charts and tables alone, for the page to refresh itself."""
    found = access.access_campaign(request.membership, campaign_id)
    return render(request, "texting/campaign_live_details.html", _details(request, found, live.counted(found)))


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def campaign_figures(request: pages.OrganizationRequest, campaign_id: int, what: str) -> HttpResponse:
    """What a chart shows, as CSV: answers, texters or errors."""
    found = access.access_campaign(request.membership, campaign_id)
    counts = live.counted(found)
    rows: list[Iterable[object]]
    if what == "answers":
        rows = [(_("Question"), _("Answer"), _("People"))]
        rows += [(item.question, answer, n) for item in live.answers(found, counts) for answer, n in item.rows]
    elif what == "texters":
        rows = [(_("Texter"), _("E-mail"), _("To text"), _("Texted"), _("Replied"), _("Need a reply"))]
        rows += [
            (t.name, t.email, t.unsent, t.texted, t.replied, t.needs_response) for t in live.texters(found, counts)
        ]
    elif what == "errors":
        rows = [(_("Error code"), _("People")), *live.errors(counts)]
    else:
        raise Http404
    return _csv(rows, name=f"{slugify(found.title) or found.pk}-{what}.csv")


@pages.organization_page(role=Role.ADMIN)
@require_POST
def campaign_status(request: pages.OrganizationRequest, campaign_id: int) -> HttpResponse:
    """Close, reopen, archive, bring back; open, close and renew the join link."""
    verbs: dict[str, tuple[Callable[..., Campaign], dict[str, Any], str]] = {
        "close_for_initials": (actions.close_for_initials, {}, _("No more first texts; replies go on.")),
        "close": (actions.close_campaign, {}, _("The campaign is closed: nothing more is sent.")),
        "reopen": (actions.reopen_campaign, {}, _("The campaign runs again.")),
        "archive": (actions.archive_campaign, {}, _("The campaign is archived.")),
        "unarchive": (actions.unarchive_campaign, {}, _("The campaign is back.")),
        "close_join": (actions.close_join_link, {}, _("Nobody new can join by the link.")),
        "open_join": (actions.open_join_link, {}, _("People can join by the link again.")),
        "renew_join": (actions.open_join_link, {"renew": True}, _("There is a new link; the old one has ended.")),
    }
    chosen = verbs.get(request.POST.get("do", ""))
    if chosen is None:
        raise Http404
    verb, options, done = chosen
    try:
        found = verb(request.membership, campaign_id, **options)
    except errors.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("texting:campaign", request.organization.slug, campaign_id)
    messages.success(request, done)
    if request.POST.get("back") == "list" or (found.started_at is None and found.status == CampaignStatus.ARCHIVED):
        return redirect("texting:campaigns", request.organization.slug)
    return redirect("texting:campaign", request.organization.slug, campaign_id)


def join_url(request: pages.OrganizationRequest, campaign: Campaign) -> str:
    """The campaign's join link as one sends it to volunteers."""
    return request.build_absolute_uri(reverse("join:door", args=[campaign.join_token]))


def _live(request: pages.OrganizationRequest, campaign: Campaign, counts: live.Counted) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "status": queries.effective_status(campaign),
        "numbers": live.numbers(campaign, counts),
        "counts": counts,
        "organization_slug": request.organization.slug,
    }


def _details(request: pages.OrganizationRequest, campaign: Campaign, counts: live.Counted) -> dict[str, Any]:
    slug = request.organization.slug

    def csv_url(what: str) -> str:
        return reverse("texting:campaign_figures", args=[slug, campaign.pk, what])

    texters = live.texters(campaign, counts)
    answers = live.answers(campaign, counts)
    return {
        "campaign": campaign,
        "counts": counts,
        "answers": answers,
        "answer_charts": live.answer_charts(answers, csv_url=csv_url("answers")),
        "texters": texters,
        "texter_chart": live.texter_chart(texters, csv_url=csv_url("texters")),
        "texters_csv": csv_url("texters"),
        "error_codes": live.errors(counts),
        "errors_csv": csv_url("errors"),
        "join_url": join_url(request, campaign),
        "may_manage": request.membership.role >= Role.ADMIN,
        "is_automatic": queries.effective_status(campaign) != campaign.status,
        "organization_slug": slug,
    }


def _csv(rows: Iterable[Iterable[object]], *, name: str) -> HttpResponse:
    written = io.StringIO()
    written.write("\ufeff")
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([exports.harmless(value) if isinstance(value, str) else value for value in row])
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
