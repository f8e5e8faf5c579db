"""What every page's shell shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django_scopes import get_scope
from pytest_django import DjangoAssertNumQueries, Settings

from parley.accounts import context, navigation, pages
from parley.accounts.models import Membership, Role, User
from parley.web.navigation import NavigationItem
from tests.accounts.conftest import World


def request_of(user: User) -> HttpRequest:
    request = RequestFactory().get("/org/spring-walk/people/")
    request.user = user
    request.session = Client().session
    return request


def test_entries_are_those_that_one_may_open(world: World) -> None:
    labels = {
        role: {item.label for item in navigation.own_entries(world.acting(role))}
        for role in (Role.TEXTER, Role.ADMIN, Role.OWNER)
    }

    assert labels[Role.TEXTER] == set()
    assert labels[Role.ADMIN] == {"People", "Audit log"}
    assert labels[Role.OWNER] == {"People", "Audit log", "Settings"}


def test_programs_add_their_entries_before_the_organizations(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_sources", [(90, navigation.own_entries)])

    def programs(membership: Membership) -> list[NavigationItem]:
        return [NavigationItem(label="Campaigns", url="/campaigns/", icon="megaphone")]

    navigation.register(programs, position=20)

    assert next(iter(navigation.entries(world.acting(Role.OWNER)))).label == "Campaigns"


def test_a_page_that_shows_no_shell_pays_for_none(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        engines["django"].from_string("{{ 1 }}").render({}, request_of(world.members[Role.OWNER]))


def test_outside_an_organization_the_one_opened_last_is_shown(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.superadmin)
    client.get(f"/org/{world.other.slug}/people/")

    page = client.get("/account/profile/")

    assert page.context["organization"] == world.other
    assert len(page.context["organizations"]) == 2


def test_a_page_listens_only_to_what_it_follows(world: World) -> None:
    silent, following = request_of(world.members[Role.TEXTER]), request_of(world.members[Role.TEXTER])

    pages.follow(following, "campaign:7")

    assert str(context.shell(silent)["events_token"]) == ""
    assert str(context.shell(following)["events_token"])


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8001/events"),
        ("laptop.local:8000", "http://laptop.local:8001/events"),
        ("[::1]:8000", "http://[::1]:8001/events"),
    ],
)
def test_in_the_demo_the_stream_is_on_the_host_of_the_page(settings: Settings, host: str, expected: str) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["*"]
    settings.EVENTS_URL = "http://127.0.0.1:8001/events"

    assert context.events_url(RequestFactory(headers={"host": host}).get("/")) == expected


def test_the_content_policy_lets_the_demos_page_listen(db: None, settings: Settings) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["*"]
    settings.EVENTS_URL = "http://127.0.0.1:8001/events"

    page = Client(headers={"host": "laptop.local:8000"}).get("/")

    assert "http://laptop.local:8001" in page.headers["Content-Security-Policy"]


def test_a_view_its_template_and_its_stream_run_in_the_organizations_scope(world: World) -> None:
    seen: list[object] = []

    @pages.organization_page()
    def streaming(request: pages.OrganizationRequest) -> StreamingHttpResponse:
        seen.append(get_scope().get("organization"))

        def rows() -> Iterator[bytes]:
            for _row in range(2):
                seen.append(get_scope().get("organization"))
                yield b"row"

        return StreamingHttpResponse(rows())

    answer = streaming(request_of(world.members[Role.TEXTER]), organization=world.organization.slug)
    assert isinstance(answer, StreamingHttpResponse)
    content = answer.getvalue()

    assert content == b"rowrow"
    assert seen == [world.organization] * 3
    assert "organization" not in get_scope()


def test_a_script_that_was_signed_out_is_told_so_instead_of_led_away() -> None:
    @pages.person_page
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory(headers={"hx-request": "true"}).get("/texter/")
    request.user = AnonymousUser()

    assert view(request).status_code == 401
