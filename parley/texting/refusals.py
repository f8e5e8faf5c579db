"""Why a text or a request for contacts was refused: codes for programs, words for people."""

from __future__ import annotations

import dataclasses

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is what the field's API clients know."""

    code: str
    words: Promise
    #: HTTP status
    status: int = 409
    #: the contact leaves the texter's queue
    drops: bool = True


WORDS: dict[str, Refusal] = {
    "signed_out": Refusal("UNAUTHORIZED", _("You have been signed out. Sign in again; nothing is lost."), 401, False),
    "suspended": Refusal("SUSPENDED", _("Your account is suspended in this organization."), 403, False),
    "not_found": Refusal("NOT_FOUND", _("This assignment does not exist."), 404),
    "not_yours": Refusal("FORBIDDEN", _("This assignment belongs to somebody else."), 403),
    "assignment_changed": Refusal("SENDERR_ASSIGNMENTCHANGED", _("This contact is now with another texter.")),
    "campaign_not_started": Refusal("CAMPAIGN_NOT_STARTED", _("The campaign has not started yet."), 409, False),
    "campaign_archived": Refusal("CAMPAIGN_ARCHIVED", _("The campaign is over.")),
    "campaign_closed": Refusal("CAMPAIGN_CLOSED", _("The campaign is closed.")),
    "campaign_closed_for_initials": Refusal(
        "CAMPAIGN_CLOSED_FOR_INITIAL_SENDS", _("The campaign takes no more first texts; replies go on.")
    ),
    "opted_out": Refusal("SENDERR_OPTEDOUT", _("This person has opted out. Nothing was sent.")),
    "off_hours": Refusal(
        "SENDERR_OFFHOURS", _("It is outside texting hours where this person lives. Nothing was sent."), 409, False
    ),
    "already_texted": Refusal("DUPLICATE_MESSAGE", _("This person has had the first text already.")),
    "conflict": Refusal("DUPLICATE_REPLY_MESSAGE", _("This reply was sent already with other words."), 409, False),
    "too_long": Refusal("SENDERR_MAXLEN", _("The text is too long. Shorten it and send again."), 400, False),
    "empty": Refusal("BAD_USER_INPUT", _("There is nothing to send."), 400, False),
    "channel_missing": Refusal(
        "SENDERR_SAVEFAIL", _("The campaign has no way to send. Tell the organizers."), 409, False
    ),
}


def of(verdict: str) -> Refusal:
    """The refusal of a verdict; an unknown one is a programming error."""
    return WORDS[verdict]
