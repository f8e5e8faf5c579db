"""The volunteer's pages: who may open them, what they say, what they cost."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parley.accounts.actions import tokens
from parley.accounts.models import Membership, Organization, Role, User
from parley.conversations.models import Message
from parley.texting.actions import claiming, handling, sending
from parley.texting.models import (
    Assignment,
    Campaign,
    CampaignStatus,
    Contact,
    ContactStatus,
    HoursGroup,
    InteractionStep,
    QuestionResponse,
    TextingSettings,
)
from parley.texting.queries import open_hours
from parley.texting.queries.texter import home as home_queries
from tests import matrix
from tests.texting import scenes

pytestmark = pytest.mark.django_db

PAGES = ["initials", "next", "conversations"]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, assignment: Assignment, *more: object, **query: str) -> str:
    found = reverse(f"texter:{name}", args=[assignment.pk, *more])
    return found + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def text_of(response: Any) -> str:
    """The words of a page, spaces folded."""
    without_scripts = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", without_scripts).split())


def send_first(scene: scenes.Scene, contact: Contact) -> None:
    sent = sending.send_text(
        user_id=scene.texter.pk,
        epoch=scene.texter.session_epoch,
        assignment_id=scene.assignment.pk,
        contact_id=contact.pk,
        text=f"Hi {contact.first_name}",
    )
    assert sent.on_its_way


@pytest.fixture
def talking(
    scene: scenes.Scene, deliver: Callable[[], list[str]], reply: Callable[..., None]
) -> tuple[scenes.Scene, Contact]:
    """A contact who was texted and has answered."""
    contact = scenes.contacts(scene, 1, assigned=True, first_name="MARISOL", last_name="Vega")[0]
    send_first(scene, contact)
    deliver()
    reply(contact, "Yes, I will come")
    return scene, contact


# --- who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_texter_opens_their_own_assignment(scene: scenes.Scene, name: str) -> None:
    assert client_of(scene.texter).get(address(name, scene.assignment)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_an_assignment_of_somebody_else_does_not_exist_for_a_texter(scene: scenes.Scene, name: str) -> None:
    other = scenes.person(scene.organization, "Otto", Role.VETTED_TEXTER)

    assert client_of(other).get(address(name, scene.assignment)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_an_assignment_of_another_organization_does_not_exist(scene: scenes.Scene, name: str) -> None:
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    owner = scenes.person(elsewhere, "Olga", Role.OWNER)

    assert client_of(owner).get(address(name, scene.assignment)).status_code == 404


@pytest.mark.parametrize("name", ["initials", "conversations"])
def test_a_supervolunteer_opens_it_and_reads_whose_it_is(scene: scenes.Scene, name: str) -> None:
    scenes.contacts(scene, 1, assigned=True)
    helper = scenes.person(scene.organization, "Sue", Role.SUPERVOLUNTEER)

    response = client_of(helper).get(address(name, scene.assignment))

    assert response.status_code == 200
    assert "Tess’s" in text_of(response)


@pytest.mark.parametrize("name", PAGES)
def test_strangers_sign_in_first(scene: scenes.Scene, name: str) -> None:
    response = Client().get(address(name, scene.assignment))

    assert (response.status_code, reverse("account_login") in response["Location"]) == (302, True)


@pytest.mark.parametrize("name", PAGES)
def test_a_suspended_texter_reads_so(scene: scenes.Scene, name: str) -> None:
    Membership.everywhere.filter(user=scene.texter).update(role=Role.SUSPENDED)

    response = client_of(scene.texter).get(address(name, scene.assignment))

    assert (response.status_code, "Your account is suspended" in text_of(response)) == (403, True)


def test_the_home_of_somebody_suspended_everywhere_says_so(scene: scenes.Scene) -> None:
    Membership.everywhere.filter(user=scene.texter).update(role=Role.SUSPENDED)

    response = client_of(scene.texter).get(reverse("texter:home"))

    assert (response.status_code, "Your account is suspended" in text_of(response)) == (403, True)


@pytest.mark.parametrize("status", [CampaignStatus.CLOSED, CampaignStatus.ARCHIVED])
@pytest.mark.parametrize("name", PAGES)
def test_a_closed_campaign_is_a_clear_stop(scene: scenes.Scene, name: str, status: str) -> None:
    scenes.contacts(scene, 2, assigned=True)
    Campaign.everywhere.update(status=status)

    page = text_of(client_of(scene.texter).get(address(name, scene.assignment)))

    assert "Nothing is lost" in page
    assert "Person 0" not in page


def test_somebody_elses_conversation_does_not_exist(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    mine = scenes.assignment(scene.campaign, scenes.person(scene.organization, "Otto"))

    response = client_of(mine.user).get(address("conversation", mine, contact.pk))

    assert response.status_code == 404


# --- home ------------------------------------------------------------------------------------------


def home_of(user: User) -> str:
    return text_of(client_of(user).get(reverse("texter:home")))


def test_a_newcomer_reads_what_to_do(scene: scenes.Scene) -> None:
    assert "Nothing to text yet" in home_of(scenes.person(scene.organization, "Nina"))


def test_first_texts_are_the_next_thing_to_do(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 4, assigned=True)

    assert "Send first texts: 4" in home_of(scene.texter)


def test_replies_come_before_first_texts(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, _contact = talking
    scenes.contacts(scene, 2, assigned=True, first=5)

    page = home_of(scene.texter)

    assert page.index("Reply to 1") < page.index("Send first texts: 2")


def test_who_has_nothing_left_may_ask_for_as_many_as_there_are(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 3)

    assert "Ask for 3 texts" in home_of(scene.texter)


def test_when_there_is_nothing_to_do_the_reason_is_said(scene: scenes.Scene) -> None:
    page = home_of(scene.texter)

    assert "Nothing to do right now. Nobody is waiting for a first text right now." in page


def test_closed_campaigns_stand_quietly_below(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 3, assigned=True)
    Campaign.everywhere.update(status=CampaignStatus.CLOSED)

    page = home_of(scene.texter)

    assert page.index("Finished campaigns") < page.index("Town hall")
    assert "Send first texts" not in page


def test_an_assignment_in_an_organization_that_one_has_left_is_not_shown(scene: scenes.Scene) -> None:
    Membership.everywhere.filter(user=scene.texter).delete()

    assert "Town hall" not in home_of(scene.texter)


def test_texts_outside_hours_are_held_back_and_it_says_when_texting_opens(
    scene: scenes.Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    TextingSettings.objects.update(texting_hours_enforced=True)
    scenes.contacts(scene, 3, assigned=True)
    night = dt.datetime(2026, 3, 3, 7, 0, tzinfo=dt.UTC)  # 2:00 in Boston
    monkeypatch.setattr(timezone, "now", lambda: night)

    page = home_of(scene.texter)

    assert "3 texts wait for their texting hours. Texting opens: Tuesday 14:00" in page
    assert "Send first texts" not in page


def test_home_costs_the_same_for_one_assignment_and_for_ten(scene: scenes.Scene) -> None:
    client = client_of(scene.texter)
    url = reverse("texter:home")
    open_hours.forget()
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in range(9):
        campaign = Campaign.everywhere.create(
            organization=scene.organization,
            title=f"Campaign {number}",
            status=CampaignStatus.ACTIVE,
            channel=scene.channel,
            batch_size=10,
        )
        assignment = scenes.assignment(campaign, scene.texter)
        scenes.contacts(scene, number % 3, first=100 * number, campaign=campaign, assignment=assignment)
    open_hours.forget()

    with CaptureQueriesContext(connection) as ten:
        client.get(url)

    assert len(ten) == len(one)
    assert len(ten) <= 9


def test_several_eligibilities_say_what_each_alone_says(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 4)
    otto = scenes.person(scene.organization, "Otto")
    capped = scenes.assignment(scene.campaign, otto, max_contacts=0)
    helper = scenes.person(scene.organization, "Sue", Role.SUPERVOLUNTEER)
    who = {"user_id": helper.pk, "epoch": helper.session_epoch}

    together = claiming.eligibilities(
        **who, campaigns={scene.assignment.pk: scene.campaign.pk, capped.pk: scene.campaign.pk}
    )

    alone = {number: claiming.eligibility(**who, assignment_id=number) for number in together}
    assert {number: (one.count, str(one.reason)) for number, one in together.items()} == {
        number: (one.count, str(one.reason)) for number, one in alone.items()
    }
    assert together[scene.assignment.pk].count == 4


def test_counts_end_where_nobody_looks_any_more(scene: scenes.Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_queries, "COUNTED", 5)
    scenes.contacts(scene, 9, assigned=True)

    [card] = home_queries.assignments_of(scene.texter.pk)

    assert card.unsent == 6


# --- first texts -----------------------------------------------------------------------------------


def queue_of(scene: scenes.Scene) -> list[dict[str, Any]]:
    response = client_of(scene.texter).get(address("initials", scene.assignment))
    texts: list[dict[str, Any]] = response.context["content"]["texts"]
    return texts


def test_each_text_is_finished_on_the_server(scene: scenes.Scene) -> None:
    InteractionStep.everywhere.filter(pk=scene.root.pk).update(
        script="Hi {firstName}, {texterAliasOrFirstName} here from {town}{gone}."
    )
    Campaign.everywhere.update(custom_fields=["town", "gone"])
    scenes.contacts(scene, 1, assigned=True, first_name="MARISOL", custom_fields={"town": "Salem"})

    [text] = queue_of(scene)

    assert text["text"] == "Hi Marisol, Tess here from Salem."


def test_the_queue_carries_no_number_and_no_last_name(scene: scenes.Scene) -> None:
    [contact] = scenes.contacts(scene, 1, assigned=True, last_name="Unspoken")

    page = client_of(scene.texter).get(address("initials", scene.assignment)).content.decode()

    assert contact.cell[-7:] not in page
    assert "Unspoken" not in page


def test_texted_opted_out_and_foreign_contacts_are_not_in_the_queue(scene: scenes.Scene) -> None:
    wanted = scenes.contacts(scene, 2, assigned=True)
    scenes.contacts(scene, 1, assigned=True, first=2, status=ContactStatus.MESSAGED)
    scenes.contacts(scene, 1, assigned=True, first=3, opted_out=True)
    scenes.contacts(scene, 1, first=4)

    assert [text["id"] for text in queue_of(scene)] == [contact.pk for contact in wanted]


def test_contacts_outside_hours_are_held_back_and_early_evenings_go_first(
    scene: scenes.Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    TextingSettings.objects.update(texting_hours_enforced=True)
    west = HoursGroup.objects.get_or_create(zones="America/Los_Angeles", state="")[0]
    middle = HoursGroup.objects.get_or_create(zones="America/Chicago", state="")[0]
    east = HoursGroup.objects.get_or_create(zones="America/New_York", state="")[0]
    scenes.contacts(scene, 1, assigned=True, first=0, first_name="West", hours_group=west)
    scenes.contacts(scene, 1, assigned=True, first=1, first_name="Middle", hours_group=middle)
    scenes.contacts(scene, 1, assigned=True, first=2, first_name="East", hours_group=east)
    morning = dt.datetime(2026, 3, 3, 15, 30, tzinfo=dt.UTC)  # 10:30 in the east, 7:30 in the west
    monkeypatch.setattr(timezone, "now", lambda: morning)

    assert [text["name"] for text in queue_of(scene)] == ["East", "Middle"]


def test_a_campaign_that_takes_replies_only_gives_out_no_first_texts(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 2, assigned=True)
    Campaign.everywhere.update(status=CampaignStatus.CLOSED_FOR_INITIALS)

    assert queue_of(scene) == []
    assert "Nothing to do right now. This campaign gives out no more first texts." in home_of(scene.texter)


def test_an_empty_queue_says_what_to_do_next(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 2)

    page = text_of(client_of(scene.texter).get(address("initials", scene.assignment)))

    assert "Ask for 2 texts" in page


def test_opening_an_assignment_takes_three_statements_whatever_its_history(
    scene: scenes.Scene, deliver: Callable[[], list[str]]
) -> None:
    client = client_of(scene.texter)
    scenes.contacts(scene, 3, assigned=True)
    url = address("initials", scene.assignment)
    client.get(url)
    with CaptureQueriesContext(connection) as young:
        client.get(url)
    for contact in scenes.contacts(scene, 20, assigned=True, first=10):
        send_first(scene, contact)
    deliver()
    scenes.contacts(scene, 40, assigned=True, first=100)

    with CaptureQueriesContext(connection) as old:
        client.get(url)

    assert len(old) == len(young) <= 3


# --- conversations ---------------------------------------------------------------------------------


def test_the_list_begins_with_who_needs_a_reply(
    talking: tuple[scenes.Scene, Contact], deliver: Callable[[], list[str]]
) -> None:
    scene, contact = talking
    [other] = scenes.contacts(scene, 1, assigned=True, first=5, first_name="Cleo")
    send_first(scene, other)
    Contact.everywhere.filter(pk=other.pk).update(status=ContactStatus.CONVO)

    rows = client_of(scene.texter).get(address("conversations", scene.assignment)).context["listing"].rows

    assert [(row.id, row.needs_reply) for row in rows] == [(contact.pk, True), (other.pk, False)]
    assert (rows[0].snippet, rows[0].theirs) == ("Yes, I will come", True)


def test_closed_and_opted_out_conversations_stand_under_closed(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    client = client_of(scene.texter)
    handling.opt_out_contact(
        user_id=scene.texter.pk,
        epoch=scene.texter.session_epoch,
        assignment_id=scene.assignment.pk,
        contact_id=contact.pk,
    )

    active = text_of(client.get(address("conversations", scene.assignment)))
    closed = text_of(client.get(address("conversations", scene.assignment, show="closed")))

    assert ("Marisol" in active, "Marisol" in closed) == (False, True)


def test_a_search_finds_names_whatever_their_status(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    Contact.everywhere.filter(pk=contact.pk).update(status=ContactStatus.CLOSED)
    client = client_of(scene.texter)

    found = text_of(client.get(address("conversations", scene.assignment, part="list", q="maris")))
    missed = text_of(client.get(address("conversations", scene.assignment, part="list", q="%")))

    assert ("Marisol" in found, "Marisol" in missed) == (True, False)


def test_a_conversation_shows_what_was_said_and_hides_the_number(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking

    response = client_of(scene.texter).get(address("conversation", scene.assignment, contact.pk))

    page = text_of(response)
    assert "Hi MARISOL" in page
    assert "Yes, I will come" in page
    assert f"••• {contact.cell[-4:]}" in page
    assert contact.cell[-7:] not in response.content.decode()


def test_answers_bring_the_rendered_text_of_their_step(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    InteractionStep.everywhere.filter(answer_option="Yes").update(script="Great, {firstName}!")
    QuestionResponse.everywhere.create(organization=scene.organization, contact=contact, step=scene.root, value="No")

    talk = client_of(scene.texter).get(address("conversation", scene.assignment, contact.pk)).context["talk"]

    assert next(step["script"] for step in talk["steps"] if step["answer"] == "Yes") == "Great, Marisol!"
    assert talk["answers"] == {str(scene.root.pk): "No"}


def test_a_likely_opt_out_asks_at_the_top(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    Contact.everywhere.filter(pk=contact.pk).update(likely_opt_out=True)

    page = text_of(client_of(scene.texter).get(address("conversation", scene.assignment, contact.pk, part="thread")))

    assert page.startswith("Do they want no more texts?")


def test_pictures_are_links_and_are_not_loaded(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    Message._base_manager.filter(text="Yes, I will come").update(
        media=[
            {"url": "https://media.example/1.jpg", "content_type": "image/jpeg"},
            {"url": "javascript:alert(1)", "content_type": "image/jpeg"},
        ]
    )

    page = client_of(scene.texter).get(address("conversation", scene.assignment, contact.pk)).content.decode()

    assert 'href="https://media.example/1.jpg"' in page
    assert "<img" not in page
    assert "javascript:" not in page


def test_a_text_that_did_not_arrive_says_so(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    Message._base_manager.filter(text="Hi MARISOL").update(status=60, error_code="30007")

    page = text_of(client_of(scene.texter).get(address("conversation", scene.assignment, contact.pk)))

    assert "This text did not arrive (30007)." in page


def test_a_texter_of_another_name_is_named_in_the_thread(talking: tuple[scenes.Scene, Contact]) -> None:
    scene, contact = talking
    helper = scenes.person(scene.organization, "Sue", Role.SUPERVOLUNTEER)

    page = text_of(client_of(helper).get(address("conversation", scene.assignment, contact.pk)))

    assert "Tess’s conversations" in page
    assert re.search(r"Tess Hi MARISOL", page)


def test_conversations_cost_the_same_for_one_and_for_thirty(
    talking: tuple[scenes.Scene, Contact], deliver: Callable[[], list[str]]
) -> None:
    scene, contact = talking
    client = client_of(scene.texter)
    pages = [
        address("conversations", scene.assignment),
        address("conversation", scene.assignment, contact.pk),
        address("conversation", scene.assignment, contact.pk, part="pane"),
        address("conversation", scene.assignment, contact.pk, part="thread"),
    ]
    few = [statements(client, page) for page in pages]
    for other in scenes.contacts(scene, 30, assigned=True, first=10):
        send_first(scene, other)
    Contact.everywhere.filter(status=ContactStatus.MESSAGED).update(status=ContactStatus.NEEDS_RESPONSE)

    many = [statements(client, page) for page in pages]

    assert many == few
    assert [count <= most for count, most in zip(many, [2, 4, 3, 2], strict=True)] == [True] * 4


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_the_content_of_a_page_cannot_end_its_script(scene: scenes.Scene) -> None:
    scenes.contacts(scene, 1, assigned=True, first_name="</script><b>")

    page = client_of(scene.texter).get(address("initials", scene.assignment)).content.decode()

    written = re.search(r'<script id="texter-content"[^>]*>(.*?)</script>', page, re.S)
    assert written is not None
    assert json.loads(written[1])["texts"][0]["name"] == "</script><b>"


# --- tokens ----------------------------------------------------------------------------------------


def test_a_token_reaches_no_assignment_of_another_organization(scene: scenes.Scene) -> None:
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    membership = Membership.everywhere.create(organization=elsewhere, user=scene.texter, role=Role.TEXTER)
    [contact] = scenes.contacts(scene, 1, assigned=True)
    secret = tokens.create_token(membership, name="Script").secret
    headers = {"Authorization": f"Bearer {secret}"}
    body = {"contact": contact.pk, "text": "Hi"}

    sent = Client(headers=headers).post(address("send", scene.assignment), body, content_type="application/json")
    opened = Client(headers=headers).get(address("initials", scene.assignment))

    assert (sent.status_code, opened.status_code) == (404, 404)


# --- every address as everybody --------------------------------------------------------------------

POSTED: dict[str, dict[str, object]] = {"claim": {}, "send": {"text": "Hi", "key": "k"}, "status": {}, "opt-out": {}}
ADDRESSES = ["initials", "next", "conversations", "conversation", *POSTED]


def was_let_in(answer: Any) -> bool:
    """A post may be refused for other reasons than who asks."""
    if answer.headers.get("Content-Type") == "application/json":
        return answer.json().get("code") not in {"UNAUTHORIZED", "FORBIDDEN", "SUSPENDED", "NOT_FOUND"}
    return bool(answer.status_code == 200)


def test_every_address_of_a_texter_is_walked() -> None:
    known = {name for name in matrix.every_name() if name.startswith("texter:")}

    assert known == {"texter:home", *(f"texter:{name}" for name in ADDRESSES)}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_assignment_opens_to_its_texter_and_to_supervolunteers(scene: scenes.Scene, name: str) -> None:
    visitors = matrix.make_visitors()
    for role, member in visitors.members.items():
        Membership.everywhere.create(organization=scene.organization, user=member, role=role)
    [contact] = scenes.contacts(scene, 1, assigned=True, status=ContactStatus.NEEDS_RESPONSE)
    more = [contact.pk] if name in {"conversation", "status", "opt-out"} else []
    url = address(name, scene.assignment, *more)

    let_in = set()
    for who, user in [*visitors.all(), ("ITS TEXTER", scene.texter)]:
        client = Client()
        if user is not None and not user.is_suspended:
            client.force_login(user)
        with transaction.atomic():
            body = {"contact": contact.pk, **POSTED.get(name, {})}
            answer = client.post(url, body, content_type="application/json") if name in POSTED else client.get(url)
            transaction.set_rollback(True)
        if was_let_in(answer):
            let_in.add(who)
        else:
            assert answer.status_code in {302, 401, 403, 404, 409}, who

    assert let_in == {"ITS TEXTER", "SUPERVOLUNTEER", "ADMIN", "OWNER", "SUPERADMIN"}
