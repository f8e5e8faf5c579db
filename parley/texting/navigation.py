"""Texting's entries in the app's navigation, the looks of its statuses, its words in the audit log, and its doors."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parley.accounts import audit_words, joining, navigation
from parley.accounts.models import Membership, Role
from parley.texting.actions import joining as campaign_joining
from parley.web import statuses
from parley.web.navigation import NavigationItem


def campaigns_entry(membership: Membership) -> Iterator[NavigationItem]:
    """The organization's campaigns, for those who look after them."""
    if membership.role >= Role.SUPERVOLUNTEER:
        url = reverse("texting:campaigns", args=[membership.organization.slug])
        yield NavigationItem(label=_("Campaigns"), url=url, icon="megaphone")


def texter_entry(_membership: Membership) -> Iterator[NavigationItem]:
    """The member's own texting, over all organizations."""
    yield NavigationItem(label=_("Your texting"), url=reverse("texter:home"), icon="chat-dots")


def settings_entry(membership: Membership) -> Iterator[NavigationItem]:
    """How the organization texts, for its owners."""
    if membership.role >= Role.OWNER:
        url = reverse("texting:settings", args=[membership.organization.slug])
        yield NavigationItem(label=_("Texting settings"), url=url, icon="sliders", section=_("Organization"))


def register() -> None:
    """Called once when the app is ready."""
    navigation.register(campaigns_entry, position=20)
    navigation.register(texter_entry, position=30)
    navigation.register(settings_entry, position=95)
    joining.register(campaign_joining.campaign_door)
    statuses.register("closed_for_initials", label=gettext_lazy("Replies only"), tone="warning", icon="reply")
    audit_words.register(
        {
            "campaign.created": gettext_lazy("created a campaign"),
            "campaign.started": gettext_lazy("started a campaign"),
            "campaign.closed_for_initials": gettext_lazy("limited a campaign to replies"),
            "campaign.closed": gettext_lazy("closed a campaign"),
            "campaign.reopened": gettext_lazy("reopened a campaign"),
            "campaign.archived": gettext_lazy("archived a campaign"),
            "campaign.unarchived": gettext_lazy("brought a campaign back"),
            "campaign.hours_changed": gettext_lazy("changed a campaign's texting hours"),
            "campaign.script_changed": gettext_lazy("changed the script of a running campaign"),
            "campaign.join_link_closed": gettext_lazy("closed a campaign's join link"),
            "campaign.join_link_opened": gettext_lazy("opened a campaign's join link"),
            "campaign.join_link_renewed": gettext_lazy("replaced a campaign's join link"),
            "texting.settings_changed": gettext_lazy("changed the texting settings"),
        }
    )
