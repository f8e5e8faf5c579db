"""The core's entries in the app's navigation, the looks of its statuses, its words in the audit log."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parley.accounts import audit_words, navigation
from parley.accounts.models import Membership, Role
from parley.web import statuses
from parley.web.navigation import NavigationItem


def inbox_entry(membership: Membership) -> Iterator[NavigationItem]:
    """The catch-all inbox, for those who look after other people's work."""
    if membership.role >= Role.SUPERVOLUNTEER:
        url = reverse("conversations:inbox", args=[membership.organization.slug])
        yield NavigationItem(label=_("Inbox"), url=url, icon="inbox")


def channels_entry(membership: Membership) -> Iterator[NavigationItem]:
    """Accounts at providers, for admins."""
    if membership.role >= Role.ADMIN:
        url = reverse("conversations:channels", args=[membership.organization.slug])
        yield NavigationItem(label=_("Channels"), url=url, icon="broadcast-pin", section=_("Organization"))


def register() -> None:
    """Called once when the app is ready."""
    navigation.register(inbox_entry, position=30)
    navigation.register(channels_entry, position=92)
    statuses.register("channel_open", label=gettext_lazy("In order"), tone="success", icon="check-circle-fill")
    statuses.register("channel_stopped", label=gettext_lazy("Stopped"), tone="danger", icon="pause-circle-fill")
    audit_words.register(
        {
            "inbox.opted_out": gettext_lazy("had someone in the inbox not texted any more"),
            "message.confirmed": gettext_lazy("said that an unconfirmed text had arrived"),
            "message.sent_again": gettext_lazy("had an unconfirmed text sent again"),
            "event.tried_again": gettext_lazy("had a parked event tried again"),
            "event.given_up": gettext_lazy("gave up a parked event"),
            "channel.connected": gettext_lazy("connected an account"),
            "channel.resumed": gettext_lazy("let a stopped channel go on"),
            "channel.rate_changed": gettext_lazy("changed how fast an account sends"),
            "channel.credentials_replaced": gettext_lazy("replaced an account's credentials"),
        }
    )
