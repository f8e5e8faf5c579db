"""The navigation knows where one is."""

from __future__ import annotations

from parley.web import navigation

HOME = navigation.NavigationItem(label="Home", url="/org/oak/", icon="house")
CAMPAIGNS = navigation.NavigationItem(label="Campaigns", url="/org/oak/campaigns/", icon="megaphone")


def active(path: str) -> list[str]:
    return [str(item.label) for item in navigation.mark_active([HOME, CAMPAIGNS], path=path) if item.active]


def test_the_longest_matching_address_is_active() -> None:
    assert active("/org/oak/campaigns/7/edit/") == ["Campaigns"]


def test_an_address_that_only_begins_alike_is_not_active() -> None:
    assert active("/org/oak/campaigns-old/") == ["Home"]


def test_elsewhere_nothing_is_active() -> None:
    assert active("/account/") == []


def test_what_a_view_has_marked_stays_marked() -> None:
    marked = navigation.NavigationItem(label="Inbox", url="/inbox/", icon="inbox", active=True)

    items = navigation.mark_active([HOME, marked], path="/org/oak/")

    assert [item.active for item in items] == [False, True]
