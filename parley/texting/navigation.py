"""Texting's entries in the app's navigation, the looks of its statuses, and its doors."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parley.accounts import joining, navigation
from parley.accounts.models import Membership, Role
from parley.texting.actions import joining as campaign_joining
from parley.web import statuses
from parley.web.navigation import NavigationItem


def campaigns_entry(membership: Membership) -> Iterator[NavigationItem]:
    """The organization's campaigns, for those who look after them."""
    if membership.role >= Role.SUPERVOLUNTEER:
        url = reverse("texting:campaigns", args=[membership.organization.slug])
        yield NavigationItem(label=_("Campaigns"), url=url, icon="megaphone")


def settings_entry(membership: Membership) -> Iterator[NavigationItem]:
    """How the organization texts, for its owners."""
    if membership.role >= Role.OWNER:
        url = reverse("texting:settings", args=[membership.organization.slug])
        yield NavigationItem(label=_("Texting settings"), url=url, icon="sliders", section=_("Organization"))


def register() -> None:
    """Called once when the app is ready."""
    navigation.register(campaigns_entry, position=20)
    navigation.register(settings_entry, position=95)
    joining.register(campaign_joining.campaign_door)
    statuses.register("closed_for_initials", label=gettext_lazy("Replies only"), tone="warning", icon="reply")
