"""The words, icons and tones of statuses, in one place, so that a status looks the same on every page.

A tone is a meaning, never a colour alone: every badge has its word and its icon too.
"""

from __future__ import annotations

import dataclasses
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Tone = Literal["neutral", "primary", "info", "success", "warning", "danger"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Status:
    """How one status is shown."""

    label: str | Promise
    tone: Tone
    icon: str


_STATUSES: dict[str, Status] = {}


def register(code: str, *, label: str | Promise, tone: Tone, icon: str) -> None:
    """Teach `{% status_badge %}` a status. A code that is known already gets the new look."""
    _STATUSES[code] = Status(label=label, tone=tone, icon=icon)


def look_of(code: str) -> Status:
    """The look of `code`; an unknown one is shown by its own words rather than hidden."""
    known = _STATUSES.get(code) or _STATUSES.get(code.lower())
    return known or Status(label=code.replace("_", " ").capitalize(), tone="neutral", icon="circle")


# campaigns
register("draft", label=_("Draft"), tone="neutral", icon="pencil")
register("scheduled", label=_("Scheduled"), tone="info", icon="calendar-event")
register("starting", label=_("Starting"), tone="info", icon="hourglass-split")
register("active", label=_("Running"), tone="success", icon="broadcast")
register("started", label=_("Running"), tone="success", icon="broadcast")
register("paused", label=_("Paused"), tone="warning", icon="pause-circle")
register("ended", label=_("Ended"), tone="neutral", icon="flag")
register("archived", label=_("Archived"), tone="neutral", icon="archive")
# contacts
register("waiting", label=_("Waiting"), tone="neutral", icon="hourglass")
register("needs_message", label=_("To text"), tone="info", icon="chat-left")
register("messaged", label=_("Texted"), tone="neutral", icon="check")
register("needs_response", label=_("Needs a reply"), tone="warning", icon="reply-fill")
register("convo", label=_("In conversation"), tone="primary", icon="chat-dots")
register("closed", label=_("Closed"), tone="neutral", icon="x-circle")
register("opted_out", label=_("Opted out"), tone="danger", icon="slash-circle")
# messages
register("queued", label=_("Waiting to be sent"), tone="neutral", icon="clock")
register("sending", label=_("Sending"), tone="neutral", icon="clock")
register("sent", label=pgettext_lazy("message status", "Sent"), tone="neutral", icon="check")
register("delivered", label=_("Delivered"), tone="success", icon="check-all")
register("read", label=pgettext_lazy("message status", "Read"), tone="primary", icon="check-all")
register("received", label=_("Received"), tone="neutral", icon="arrow-down-left")
register("failed", label=_("Not delivered"), tone="danger", icon="exclamation-circle-fill")
register("undelivered", label=_("Not delivered"), tone="danger", icon="exclamation-circle-fill")
register("refused", label=_("Not sent"), tone="danger", icon="slash-circle")
register("cancelled", label=_("Cancelled"), tone="neutral", icon="x-circle")
register("unconfirmed", label=_("Unconfirmed"), tone="warning", icon="question-circle-fill")
# background work
register("running", label=_("Working"), tone="info", icon="arrow-repeat")
register("done", label=_("Done"), tone="success", icon="check-circle-fill")
register("task_failed", label=_("Failed"), tone="danger", icon="exclamation-circle-fill")
register("parked", label=_("Parked"), tone="warning", icon="inbox")
# people
register("suspended", label=_("Suspended"), tone="danger", icon="person-slash")
register("invited", label=_("Invited"), tone="info", icon="envelope")
