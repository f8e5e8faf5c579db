"""The catch-all inbox: people who wrote without being expected."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.accounts import pages
from parley.accounts.models import Role
from parley.conversations import access, actions, forms
from parley.conversations.actions import Queued
from parley.conversations.models import Conversation
from parley.conversations.queries import inbox as queries
from parley.conversations.views import tabs

CONVERSATIONS_ON_A_PAGE = 25


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_safe
def inbox(request: pages.OrganizationRequest) -> HttpResponse:
    done = request.GET.get("show") == "done"
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    whole = access.sees_addresses(request.membership)
    rows = queries.conversations(request.organization, done=done, search=search, whole_addresses=whole)
    page = Paginator(rows, CONVERSATIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    topic = f"inbox:{request.organization.pk}"
    pages.follow(request, topic)
    return render(
        request,
        "conversations/inbox.html",
        {
            "page": page,
            "done": done,
            "search": search,
            "whole": whole,
            "topic": topic,
            "tabs": tabs.staff_tabs(request, "inbox"),
        },
    )


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: pages.OrganizationRequest, conversation_id: int) -> HttpResponse:
    """The thread; POST answers it."""
    found = access.access_inbox_conversation(request.membership, conversation_id)
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        queued = actions.answer(
            found, text=form.cleaned_data["text"], author=request.user, key=str(form.cleaned_data["key"])
        )
        refusal = _refusal(queued)
        if not refusal:
            return redirect("conversations:inbox_conversation", request.organization.slug, found.pk)
        form.add_error(None, refusal)
    topic = f"conversation:{found.pk}"
    pages.follow(request, topic)
    lines = queries.thread(found)
    return render(
        request,
        "conversations/inbox_conversation.html",
        {
            "conversation": found,
            "person": next((line.author for line in reversed(lines) if line.direction == "in" and line.author), ""),
            "lines": lines,
            "opted_out": queries.is_opted_out(found),
            "whole": access.sees_addresses(request.membership),
            "topic": topic,
            "form": form,
            "stopped": bool(found.channel.stopped_at or found.channel.account.stopped_at),
            "in_group": found.kind == Conversation.Kind.GROUP,
        },
        status=422 if form.errors else 200,
    )


def _refusal(queued: Queued) -> str:
    return {
        "opted_out": _("Not sent: this person has asked not to be texted any more."),
        "conflict": _(
            "This form has been sent before, with other words. Copy your text, reload the page and try again."
        ),
    }.get(queued.verdict, "")


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_POST
def done(request: pages.OrganizationRequest, conversation_id: int) -> HttpResponse:
    found = access.access_inbox_conversation(request.membership, conversation_id)
    actions.mark_handled(found)
    messages.success(request, _("Done. It comes back if they write again."))
    return redirect("conversations:inbox", request.organization.slug)


@pages.organization_page(role=Role.SUPERVOLUNTEER)
@require_POST
def opt_out(request: pages.OrganizationRequest, conversation_id: int) -> HttpResponse:
    found = access.access_inbox_conversation(request.membership, conversation_id)
    if found.kind == Conversation.Kind.GROUP:
        messages.error(request, _("A group cannot opt out; only people can."))
        return redirect("conversations:inbox_conversation", request.organization.slug, found.pk)
    actions.stop_person(found, decided_by=request.user)
    messages.success(request, _("They get no more texts from this organization."))
    return redirect("conversations:inbox", request.organization.slug)
