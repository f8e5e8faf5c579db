"""What the texter's pages post in the background: claims, texts, answers, opt-outs. JSON in, JSON out.

Hot: no view here loads the person or the organization. Who asks is read from the signed session, and the
one statement of the action checks session, role, assignment, campaign, hours and opt-out.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parley.accounts import sessions
from parley.texting import refusals
from parley.texting.actions import claiming, handling, sending
from parley.texting.models import Assignment, ContactStatus

View = Callable[..., JsonResponse]

STATUSES = {"closed": ContactStatus.CLOSED, "needsResponse": ContactStatus.NEEDS_RESPONSE}
#: answers that one request may carry
MOST_ANSWERS = 50


class BadRequest(Exception):
    """What is wrong with the request, for a programmer."""


def texter_call(view: View) -> View:
    """POST with a JSON object, by somebody with a session (or a token)."""

    @functools.wraps(view)
    @require_POST
    def inside(request: HttpRequest, **where: int) -> JsonResponse:
        identity = sessions.identity(request)
        if identity is None:
            return refused("signed_out")
        if identity.organization_id is not None and not _is_of(where["assignment"], identity.organization_id):
            return refused("not_found")
        try:
            body = json.loads(request.body or b"{}")
            if not isinstance(body, dict):
                raise BadRequest("the body must be a JSON object")
            return view(identity, body, **where)
        except (ValueError, BadRequest) as error:
            return JsonResponse({"code": "BAD_USER_INPUT", "message": str(error)}, status=400)

    return inside


def _is_of(assignment_id: int, organization_id: int) -> bool:
    """A token reaches no further than its organization; asked of tokens only, never of a page."""
    return Assignment.everywhere.filter(pk=assignment_id, organization_id=organization_id).exists()


def refused(verdict: str) -> JsonResponse:
    """`drops` tells the page to take the contact out of its queue."""
    refusal = refusals.of(verdict)
    return JsonResponse(
        {"code": refusal.code, "verdict": verdict, "message": str(refusal.words), "drops": refusal.drops},
        status=refusal.status,
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise BadRequest(f"{name} must be a string")
    return value


def _number(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise BadRequest(f"{name} must be a positive number")
    return value


def _answers(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = body.get("answers") or []
    if not isinstance(given, list) or len(given) > MOST_ANSWERS:
        raise BadRequest("answers must be a list of {step, value}")
    answers = []
    for answer in given:
        if not isinstance(answer, dict):
            raise BadRequest("answers must be a list of {step, value}")
        answers.append({"step": _number(answer, "step"), "value": _text(answer, "value") or None})
    return answers


@texter_call
def send(identity: sessions.Identity, body: Mapping[str, Any], *, assignment: int) -> JsonResponse:
    """`{contact, text, key?, answers?}`. Without `key` it is the contact's first text."""
    sent = sending.send_text(
        user_id=identity.user_id,
        epoch=identity.epoch,
        assignment_id=assignment,
        contact_id=_number(body, "contact"),
        text=_text(body, "text"),
        key=_text(body, "key") or None,
        answers=_answers(body),
    )
    if not sent.on_its_way:
        return refused(sent.verdict)
    return JsonResponse(
        {
            "verdict": sent.verdict,
            "message": sent.message_id,
            "sequence": sent.sequence,
            "status": sent.contact_status,
            "segments": sent.segments,
        }
    )


@texter_call
def claim(identity: sessions.Identity, body: Mapping[str, Any], *, assignment: int) -> JsonResponse:
    """`{wanted?}` → `{count, contacts}`; 409 with the reason when there are none for this texter now."""
    wanted = body.get("wanted")
    if wanted is not None and (not isinstance(wanted, int) or isinstance(wanted, bool)):
        raise BadRequest("wanted must be a number")
    try:
        taken = claiming.claim_batch(
            user_id=identity.user_id, epoch=identity.epoch, assignment_id=assignment, wanted=wanted
        )
    except claiming.NotEligible as reason:
        return JsonResponse({"code": reason.code or "NOT_ELIGIBLE", "message": str(reason), "count": 0}, status=409)
    return JsonResponse({"count": len(taken.contact_ids), "contacts": taken.contact_ids})


@texter_call
def status(identity: sessions.Identity, body: Mapping[str, Any], *, assignment: int, contact: int) -> JsonResponse:
    """`{status?: closed | needsResponse, answers?, not_opt_out?}`: skip, reopen, or save answers only."""
    wanted = body.get("status")
    if wanted is not None and wanted not in STATUSES:
        raise BadRequest(f"status must be one of {', '.join(STATUSES)}")
    handled = handling.set_status(
        user_id=identity.user_id,
        epoch=identity.epoch,
        assignment_id=assignment,
        contact_id=contact,
        status=STATUSES[wanted] if wanted else None,
        answers=_answers(body),
        not_opt_out=body.get("not_opt_out") is True,
    )
    return refused(handled.verdict) if handled.verdict != "ok" else JsonResponse({"status": handled.contact_status})


@texter_call
def opt_out(identity: sessions.Identity, body: Mapping[str, Any], *, assignment: int, contact: int) -> JsonResponse:
    """`{confirmation?, answers?}`: the opt-out holds whether or not the confirmation text arrives."""
    confirmation = _text(body, "confirmation")
    if len(confirmation) > 480:
        raise BadRequest(_("The confirmation is too long: 480 characters at most."))
    handled = handling.opt_out_contact(
        user_id=identity.user_id,
        epoch=identity.epoch,
        assignment_id=assignment,
        contact_id=contact,
        confirmation=confirmation,
        answers=_answers(body),
    )
    return refused(handled.verdict) if handled.verdict != "ok" else JsonResponse({"status": handled.contact_status})
