"""The volunteer's pages: their work, first texts, conversations.

One statement of each page says whether the person may (queries.texter); what they do goes to `texter_api`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parley.accounts import pages, queries, sessions
from parley.accounts.models import Membership
from parley.texting import refusals
from parley.texting.actions import claiming, handling
from parley.texting.queries.texter import conversations as conversation_queries
from parley.texting.queries.texter import home as home_queries
from parley.texting.queries.texter import queue
from parley.texting.strategies import base
from parley.texting.views import texter_words

#: topics that a page follows; a stream's key holds 200
MOST_TOPICS = 100


class Stopped(Exception):
    """The person may not go on here; `response` says why."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def texter_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page of somebody who is signed in, never kept by the browser: its queue must be of this moment."""

    @never_cache
    @require_safe
    @pages.person_page
    @functools.wraps(view)
    def inside(request: pages.PersonRequest, **where: int) -> HttpResponse:
        identity = sessions.identity(request)
        if identity is None:
            return pages.sign_in_first(request)
        try:
            return view(request, identity, **where)
        except Stopped as stopped:
            return stopped.response

    return inside


# --- home ------------------------------------------------------------------------------------------


@texter_page
def home(request: pages.PersonRequest, identity: sessions.Identity) -> HttpResponse:
    """The person's assignments over all organizations, each with what to do next."""
    cards = home_queries.assignments_of(
        identity.user_id, organization_id=identity.organization_id, superadmin=request.user.is_superadmin
    )
    mine = [card for card in cards if not card.suspended]
    if not mine and _is_suspended(request):
        return render(request, "texting/texter_suspended.html", status=403)
    at_work = [card for card in mine if card.is_open]
    pages.follow(request, *[f"assignment:{card.assignment_id}" for card in at_work[:MOST_TOPICS]])
    idle = {card.assignment_id: card.campaign_id for card in at_work if not card.unsent and not card.replies}
    allowances = claiming.eligibilities(user_id=identity.user_id, epoch=identity.epoch, campaigns=idle) if idle else {}
    work = [(card, allowances.get(card.assignment_id)) for card in at_work]
    work.sort(key=lambda pair: _urgency(*pair))
    return render(
        request,
        "texting/texter_home.html",
        {"work": work, "over": [card for card in mine if not card.is_open], "first_name": request.user.first_name},
    )


def _urgency(card: home_queries.Card, allowance: base.Allowance | None) -> tuple[bool, bool, bool]:
    return (not card.replies, not card.unsent, not (allowance and allowance.count))


def _is_suspended(request: pages.PersonRequest) -> bool:
    """Everywhere that they belong to. Asked only of people without work."""
    return (
        not request.user.is_superadmin
        and not queries.memberships_of(request.user)
        and Membership.everywhere.filter(user_id=request.user.pk).exists()
    )


# --- first texts -----------------------------------------------------------------------------------


@texter_page
def initials(request: pages.PersonRequest, identity: sessions.Identity, *, assignment: int) -> HttpResponse:
    """First texts, one at a time. The queue comes with the page and lives in the browser."""
    found = queue.open_queue(user_id=identity.user_id, epoch=identity.epoch, assignment_id=assignment)
    card = _open(request, identity, found.assignment)
    pages.follow(request, f"assignment:{assignment}")
    address = reverse("texter:initials", args=[assignment])
    content = {
        "texts": [
            {"id": text.id, "name": text.name, "text": text.text, "zones": text.zones, "state": text.state}
            for text in found.texts
        ],
        "carried": queue.CARRIED,
        "key": f"parley.initials.{identity.user_id}.{assignment}",
        "send": reverse("texter:send", args=[assignment]),
        "next": reverse("texter:next", args=[assignment]),
        "home": reverse("texter:home"),
        "signIn": f"{reverse('account_login')}?next={address}",
        "words": texter_words.initials(),
    }
    context = {"card": card, "content": content, "owner": _owner(identity, found.assignment)}
    if not found.texts:
        context |= _what_next(identity, card)
    return render(request, "texting/texter_initials.html", context)


@texter_page
def what_next(request: pages.PersonRequest, identity: sessions.Identity, *, assignment: int) -> HttpResponse:
    """What to do when the queue is empty: a part of a page, fetched at the end and on news."""
    found = queue.open_assignment(user_id=identity.user_id, epoch=identity.epoch, assignment_id=assignment)
    card = _open(request, identity, found)
    return render(request, "texting/texter_next.html", {"card": card, **_what_next(identity, card)})


def _what_next(identity: sessions.Identity, card: home_queries.Card) -> dict[str, Any]:
    card = home_queries.of_assignment(card)
    allowance = None
    if not card.unsent and not card.replies:
        wanted = {card.assignment_id: card.campaign_id}
        allowance = claiming.eligibilities(user_id=identity.user_id, epoch=identity.epoch, campaigns=wanted)[
            card.assignment_id
        ]
    return {"card": card, "allowance": allowance}


# --- conversations ---------------------------------------------------------------------------------


@texter_page
def conversations(request: pages.PersonRequest, identity: sessions.Identity, *, assignment: int) -> HttpResponse:
    """The list, and beside it nobody yet. `?part=list` is the list alone."""
    listing = _listing(request, identity, assignment)
    card = _open(request, identity, listing.assignment)
    context = _list_context(request, listing, card)
    if request.GET.get("part") == "list":
        return render(request, "texting/texter_list.html", context)
    _follow(request, assignment, listing)
    return render(
        request,
        "texting/texter_conversations.html",
        context | {"owner": _owner(identity, listing.assignment), "words": texter_words.conversations()},
    )


@texter_page
def conversation(
    request: pages.PersonRequest, identity: sessions.Identity, *, assignment: int, contact: int
) -> HttpResponse:
    """One conversation beside the list; `?part=pane` is it alone, `?part=thread` what was said."""
    thread = conversation_queries.thread(
        user_id=identity.user_id, epoch=identity.epoch, assignment_id=assignment, contact_id=contact
    )
    if thread is None:
        raise Http404
    card = _open(request, identity, thread.assignment)
    part = request.GET.get("part")
    if part == "thread":
        return render(request, "texting/texter_thread.html", {"thread": thread, "card": card})
    context = {"thread": thread, "card": card, **_pane_context(thread, card)}
    if part == "pane":
        return render(request, "texting/texter_pane.html", context)
    listing = _listing(request, identity, assignment)
    _follow(request, assignment, listing, thread.contact["conversation_id"])
    return render(
        request,
        "texting/texter_conversations.html",
        _list_context(request, listing, card)
        | context
        | {"owner": _owner(identity, thread.assignment), "words": texter_words.conversations()},
    )


def _listing(request: HttpRequest, identity: sessions.Identity, assignment: int) -> conversation_queries.Listing:
    asked = request.GET.get("show")
    show: conversation_queries.Show = next((one for one in conversation_queries.SHOWS if one == asked), "active")
    return conversation_queries.conversations(
        user_id=identity.user_id,
        epoch=identity.epoch,
        assignment_id=assignment,
        show=show,
        search=request.GET.get("q", "").strip()[:80],
    )


def _list_context(
    request: HttpRequest, listing: conversation_queries.Listing, card: home_queries.Card
) -> dict[str, Any]:
    show = request.GET.get("show")
    return {
        "listing": listing,
        "card": card,
        "show": show if show in conversation_queries.SHOWS else "active",
        "q": request.GET.get("q", "").strip()[:80],
    }


def _pane_context(thread: conversation_queries.Thread, card: home_queries.Card) -> dict[str, Any]:
    confirmation = handling.default_confirmation(card.organization_id)
    return {
        "confirmation": confirmation,
        "talk": {
            "contact": thread.contact["id"],
            "name": thread.name,
            "steps": list(thread.steps),
            "answers": {str(step): value for step, value in thread.answers.items()},
            "longest": settings.MAX_MESSAGE_LENGTH,
            "confirmation": confirmation,
            "zones": list(thread.zones),
            "send": reverse("texter:send", args=[card.assignment_id]),
            "status": reverse("texter:status", args=[card.assignment_id, thread.contact["id"]]),
            "optOut": reverse("texter:opt-out", args=[card.assignment_id, thread.contact["id"]]),
        },
    }


def _follow(request: HttpRequest, assignment: int, listing: conversation_queries.Listing, *more: int | None) -> None:
    """Replies are news of the assignment; what becomes of our own texts is news of each conversation."""
    numbers = [*more, *(row.conversation_id for row in listing.rows)]
    topics = dict.fromkeys(f"conversation:{number}" for number in numbers if number is not None)
    pages.follow(request, f"assignment:{assignment}", *list(topics)[: MOST_TOPICS - 1])


# --- who may ---------------------------------------------------------------------------------------


def _open(request: pages.PersonRequest, identity: sessions.Identity, assignment: queue.Assignment) -> home_queries.Card:
    """The assignment's card if the statement let the person in. Raises Stopped or Http404."""
    card = assignment.card
    if assignment.verdict == "signed_out":
        raise Stopped(pages.sign_in_first(request))
    if card is None or assignment.verdict in {"not_found", "not_yours"}:
        raise Http404
    if identity.organization_id not in (None, card.organization_id):
        raise Http404
    if assignment.verdict == "suspended":
        raise Stopped(render(request, "texting/texter_suspended.html", {"where": card.organization}, status=403))
    if assignment.verdict != "ok":
        reason = refusals.of(assignment.verdict).words
        raise Stopped(render(request, "texting/texter_stopped.html", {"card": card, "reason": reason}))
    return card


def _owner(identity: sessions.Identity, assignment: queue.Assignment) -> str:
    """Whose assignment it is, when it is somebody else's."""
    if assignment.texter_id == identity.user_id:
        return ""
    return f"{assignment.texter['firstName']} {assignment.texter['lastName']}".strip()
