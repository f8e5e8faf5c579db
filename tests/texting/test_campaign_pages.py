"""The organizer's pages: who may open them, what they say, what they cost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from parley.accounts.models import Membership, Role
from parley.conversations.models import Conversation
from parley.texting import actions
from parley.texting.models import (
    Assignment,
    Campaign,
    CampaignStatus,
    Contact,
    ContactStatus,
    InteractionStep,
    QuestionResponse,
    Tally,
    TextingSettings,
)
from parley.texting.queries import campaigns as queries
from parley.texting.queries import live
from parley.texting.queries import scripts as script_queries
from parley.texting.queries.scripts import Step
from tests.texting import organizing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0)


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def address(name: str, campaign: Campaign, *more: object) -> str:
    return reverse(f"texting:{name}", args=[campaign.organization.slug, campaign.pk, *more])


def text_of(response: Any) -> str:
    content: str = response.content.decode()
    return content


def texted(campaign: Campaign, user: Any, count: int, *, replied: int = 0, **fields: Any) -> Assignment:
    """Contacts that a texter has texted, the first `replied` of whom have replied."""
    assignment = Assignment.everywhere.create(organization_id=campaign.organization_id, campaign=campaign, user=user)
    assert campaign.channel is not None
    for position, contact in enumerate(organizing.contacts(campaign, count)):
        conversation = Conversation._base_manager.create(
            organization_id=campaign.organization_id,
            channel=campaign.channel,
            program="texting",
            subject_key=str(campaign.pk),
            address_kind="phone",
            address=contact.cell,
            last_inbound_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) if position < replied else None,
        )
        status = ContactStatus.NEEDS_RESPONSE if position < replied else ContactStatus.MESSAGED
        Contact.everywhere.filter(pk=contact.pk).update(
            assignment=assignment, conversation=conversation, status=status, **fields
        )
    return assignment


# --- who may ---------------------------------------------------------------------------------------

PAGES = ["campaign", "campaign_live", "campaign_details", "campaign_basics", "campaign_script", "campaign_assignment"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("role", "status"), [(Role.SUPERVOLUNTEER, 200), (Role.VETTED_TEXTER, 403), (Role.SUSPENDED, 403)]
)
def test_supervolunteers_look_after_campaigns_and_texters_do_not(name: str, role: Role, status: int) -> None:
    member = organizing.member(organizing.organization(), role)
    campaign = organizing.running(member.organization)

    assert client_of(member).get(address(name, campaign)).status_code == status


@pytest.mark.parametrize("name", ["campaign_contacts", "campaign_hours", "campaign_start"])
def test_contacts_hours_and_start_are_for_admins(name: str) -> None:
    where = organizing.organization()
    campaign = organizing.ready(where)

    assert client_of(organizing.member(where)).get(address(name, campaign)).status_code == 200
    helper = organizing.member(where, Role.SUPERVOLUNTEER)
    assert client_of(helper).get(address(name, campaign)).status_code == 403


@pytest.mark.parametrize("name", [*PAGES, "campaign_contacts", "campaign_hours", "campaign_start"])
def test_pages_of_another_organizations_campaign_do_not_exist(name: str) -> None:
    admin = organizing.member(organizing.organization())
    foreign = organizing.ready(organizing.organization())

    response = client_of(admin).get(reverse(f"texting:{name}", args=[admin.organization.slug, foreign.pk]))

    assert response.status_code == 404


def test_the_texting_settings_are_the_owners() -> None:
    where = organizing.organization()
    url = reverse("texting:settings", args=[where.slug])

    assert client_of(organizing.member(where)).get(url).status_code == 403
    assert client_of(organizing.member(where, Role.OWNER)).get(url).status_code == 200


# --- the list --------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do() -> None:
    admin = organizing.member(organizing.organization())

    page = text_of(client_of(admin).get(reverse("texting:campaigns", args=[admin.organization.slug])))

    assert "Your first campaign" in page


def test_the_list_shows_current_campaigns_and_archived_ones_on_their_own_tab() -> None:
    admin = organizing.member(organizing.organization())
    organizing.running(admin.organization, title="Spring walk")
    gone = organizing.running(admin.organization, title="Blood drive")
    actions.archive_campaign(admin, gone.pk)
    url = reverse("texting:campaigns", args=[admin.organization.slug])

    current, archived = text_of(client_of(admin).get(url)), text_of(client_of(admin).get(url, {"tab": "archived"}))

    assert ("Spring walk" in current, "Blood drive" in current) == (True, False)
    assert ("Spring walk" in archived, "Blood drive" in archived) == (False, True)


def test_the_list_costs_the_same_for_one_campaign_and_for_twenty() -> None:
    admin = organizing.member(organizing.organization())
    client = client_of(admin)
    url = reverse("texting:campaigns", args=[admin.organization.slug])
    organizing.running(admin.organization, people=1)
    client.get(url)

    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for _ in range(19):
        campaign = organizing.running(admin.organization, people=4)
        Tally.objects.create(campaign=campaign, kind=Tally.Kind.SENT, count=3)
    with CaptureQueriesContext(connection) as many:
        client.get(url)

    assert len(many) == len(few)
    assert len(many) <= 9


def test_a_page_of_the_list_shows_waiting_sent_and_open_replies() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization, people=7)
    texted(campaign, organizing.person(), 5, replied=2)
    Tally.objects.create(campaign=campaign, kind=Tally.Kind.SENT, count=41)
    Tally.objects.create(campaign=campaign, kind=Tally.Kind.SENT, count=2)

    response = client_of(admin).get(reverse("texting:campaigns", args=[admin.organization.slug]))

    [row] = response.context["rows"]
    assert (row.waiting, row.needs_response, row.sent) == (7, 2, 43)


# --- setting up ------------------------------------------------------------------------------------


def test_a_campaign_is_created_and_leads_on_to_its_sections() -> None:
    admin = organizing.member(organizing.organization())
    url = reverse("texting:campaign_create", args=[admin.organization.slug])

    response = client_of(admin).post(url, {"title": "Spring walk", "due_by": ""})

    campaign = Campaign.everywhere.get(organization=admin.organization)
    assert response["Location"] == address("campaign_basics", campaign)


def test_an_empty_title_is_named_and_nothing_is_created() -> None:
    admin = organizing.member(organizing.organization())

    response = client_of(admin).post(reverse("texting:campaign_create", args=[admin.organization.slug]), {"title": " "})

    assert response.status_code == 422
    assert not Campaign.everywhere.filter(organization=admin.organization).exists()


def test_a_draft_opens_in_the_section_that_lacks_something() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization, people=0)

    response = client_of(admin).get(address("campaign_edit", campaign))

    assert response["Location"] == address("campaign_contacts", campaign)


def test_the_second_of_two_editors_sees_what_the_first_saved_and_keeps_their_own_words() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization, title="Walk")
    client = client_of(admin)
    version = client.get(address("campaign_basics", campaign)).context["form"].initial["version"]
    organizing.channel(admin.organization)
    actions.save_basics(admin, campaign.pk, title="Their walk", description="", due_by=None, intro="", channel_id=None)

    mine = {"title": "My walk", "description": "", "due_by": "", "intro": "", "channel_id": "", "version": version}
    response = client.post(address("campaign_basics", campaign), mine)

    assert response.status_code == 409
    page = text_of(response)
    assert "Their walk" in page
    assert 'value="My walk"' in page
    assert Campaign.everywhere.get(pk=campaign.pk).title == "Their walk"
    again = client.post(
        address("campaign_basics", campaign), {**mine, "version": response.context["form"].data["version"]}
    )
    assert again.status_code == 302
    assert Campaign.everywhere.get(pk=campaign.pk).title == "My walk"


def test_hours_are_saved_and_go_on_to_the_start() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    response = client_of(admin).post(
        address("campaign_hours", campaign),
        {
            "override_texting_hours": "own",
            "texting_hours_enforced": "on",
            "texting_hours_start": "10",
            "texting_hours_end": "20",
            "timezone": "America/Chicago",
            "version": queries.section_version(campaign, "hours"),
        },
    )

    assert response["Location"] == address("campaign_start", campaign)
    campaign.refresh_from_db()
    assert (campaign.override_texting_hours, campaign.texting_hours_start, campaign.timezone) == (
        True,
        10,
        "America/Chicago",
    )


# --- the script ------------------------------------------------------------------------------------

FIELDS = {
    "parent-new-1": "",
    "script-new-1": "Hi {firstName}",
    "question-new-1": "Coming?",
    "parent-new-2": "new-1",
    "answer-new-2": "Yes",
    "script-new-2": "Great",
    "question-new-2": "",
    "parent-new-3": "new-1",
    "answer-new-3": "No",
    "script-new-3": "",
    "question-new-3": "",
}


def stored(campaign: Campaign) -> Step | None:
    return script_queries.tree_of(script_queries.steps_of(campaign))


def empty_version() -> str:
    return script_queries.version_of([])


def test_a_script_is_saved_from_its_fields_in_their_order() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    response = client_of(admin).post(address("campaign_script", campaign), {**FIELDS, "version": empty_version()})

    assert response.status_code == 302
    root = stored(campaign)
    assert root is not None
    assert [(child.answer, child.script) for child in root.children] == [("Yes", "Great"), ("No", "")]


@pytest.mark.parametrize(
    ("deed", "answers"),
    [
        ("up:new-3", ["No", "Yes"]),
        ("down:new-2", ["No", "Yes"]),
        ("up:new-2", ["Yes", "No"]),
        ("remove:new-2", ["No"]),
        ("add:new-1", ["Yes", "No", ""]),
    ],
)
def test_steps_are_added_moved_and_removed_without_saving(deed: str, answers: list[str]) -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    response = client_of(admin).post(
        address("campaign_script", campaign),
        {**FIELDS, "do": deed, "version": empty_version()},
        headers={"HX-Request": "true"},
    )

    assert response.status_code == 200
    assert [child.answer for child in response.context["root"].children] == answers
    assert stored(campaign) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"parent-new-1": "new-2", "parent-new-2": "new-1"},
        {"parent-new-1": "", "parent-new-2": "new-2"},
        {"parent-new-1": "", "parent-new-2": "7"},
        {"parent-new-1": "", "parent-new-2": ""},
        {"parent-<b>": ""},
        {},
    ],
)
def test_a_script_that_goes_in_a_circle_or_has_loose_ends_is_refused(fields: dict[str, str]) -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization)
    before = stored(campaign)

    client = client_of(admin)
    response = client.post(address("campaign_script", campaign), fields, follow=True)

    assert "Reload the page" in text_of(response)
    assert stored(campaign) == before


def test_an_unknown_variable_is_named_beside_its_field_and_nothing_is_lost() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    response = client_of(admin).post(
        address("campaign_script", campaign), {**FIELDS, "script-new-2": "At {parc}!", "version": empty_version()}
    )

    page = text_of(response)
    assert response.status_code == 422
    assert "{parc} in the answer “Yes”" in page
    assert "At {parc}!</textarea>" in page
    assert stored(campaign) is None


def test_the_second_of_two_authors_sees_the_first_ones_script_and_keeps_their_own() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)
    actions.save_script(admin, campaign.pk, root=Step(key="a", script="Theirs"))
    client = client_of(admin)

    response = client.post(address("campaign_script", campaign), {**FIELDS, "version": empty_version()})

    assert response.status_code == 409
    page = text_of(response)
    assert "Theirs" in page
    assert "Hi {firstName}</textarea>" in page
    client.post(address("campaign_script", campaign), {**FIELDS, "version": response.context["version"]})
    root = stored(campaign)
    assert root is not None
    assert root.script == "Hi {firstName}"


def test_the_preview_is_what_the_sample_contact_gets() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization)
    Contact.everywhere.filter(campaign=campaign).update(first_name="ROSA")

    response = client_of(admin).get(address("campaign_script", campaign))

    assert response.context["root"].preview == "Hi Rosa, can you come?"
    assert response.context["values"]["first_name"] == "Rosa"


# --- starting --------------------------------------------------------------------------------------


def test_the_start_page_shows_text_people_and_hours() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization, people=3)

    page = text_of(client_of(admin).get(address("campaign_start", campaign)))

    assert "Hi Ana, can you come?" in page
    assert "9:00 to 21:00" in page
    assert "Volunteers can text 3 people" in page


def test_what_is_missing_is_linked_and_the_button_is_off() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    page = text_of(client_of(admin).get(address("campaign_start", campaign)))

    assert address("campaign_script", campaign) in page
    assert "The first text has not been written." in page
    assert client_of(admin).post(address("campaign_start", campaign)).status_code == 302
    assert Campaign.everywhere.get(pk=campaign.pk).status == CampaignStatus.DRAFT


def test_starting_leads_to_the_live_page() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization)

    response = client_of(admin).post(address("campaign_start", campaign), follow=True)

    assert response.redirect_chain[-1][0] == address("campaign", campaign)
    assert campaign.join_token in text_of(response)


def test_every_state_has_its_button() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)
    client = client_of(admin)

    seen = []
    for deed in ("close_for_initials", "close", "reopen", "archive", "unarchive"):
        client.post(address("campaign_status", campaign), {"do": deed})
        seen.append(Campaign.everywhere.get(pk=campaign.pk).status)

    assert seen == ["closed_for_initials", "closed", "active", "archived", "closed"]


# --- the live page ---------------------------------------------------------------------------------


def test_the_live_page_counts_people_and_texts() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization, people=4)
    Contact.everywhere.filter(pk=Contact.everywhere.filter(campaign=campaign).first().pk).update(  # type: ignore[union-attr]
        opted_out=True, status=ContactStatus.CLOSED
    )
    texted(campaign, admin.user, 6, replied=2)
    for kind, count in (
        (Tally.Kind.SENT, 9),
        (Tally.Kind.INITIALS, 6),
        (Tally.Kind.DELIVERED, 5),
        (Tally.Kind.REPLIED_CONTACTS, 2),
    ):
        Tally.objects.create(campaign=campaign, kind=kind, count=count)

    numbers = client_of(admin).get(address("campaign", campaign)).context["numbers"]

    assert (numbers.contacts, numbers.waiting, numbers.unsent, numbers.sent) == (10, 3, 0, 9)
    assert (numbers.delivered, numbers.needs_response, numbers.opted_out, numbers.reply_share) == (5, 2, 1, 33)


def test_the_live_page_shows_each_texters_share_answers_and_errors() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization, people=0)
    texter = organizing.person()
    texted(campaign, texter, 5, replied=2, error_code="30007")
    root = InteractionStep.everywhere.get(campaign=campaign)
    actions.save_script(
        admin,
        campaign.pk,
        root=Step(
            key=str(root.pk),
            script="Hi",
            question="Coming?",
            children=(Step(key="y", answer="Yes"), Step(key="n", answer="No")),
        ),
    )
    for contact in Contact.everywhere.filter(campaign=campaign)[:3]:
        QuestionResponse.everywhere.create(organization=admin.organization, contact=contact, step=root, value="No")

    context = client_of(admin).get(address("campaign", campaign)).context

    [row] = context["texters"]
    assert (row.name, row.texted, row.replied, row.needs_response) == (str(texter), 5, 2, 2)
    assert [(item.question, list(item.rows)) for item in context["answers"]] == [("Coming?", [("Yes", 0), ("No", 3)])]
    assert context["error_codes"] == [("30007", 5)]


def test_figures_are_there_as_csv_and_no_cell_is_a_formula() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization, people=0)
    texted(campaign, organizing.person(last_name=""), 1)
    Assignment.everywhere.filter(campaign=campaign).first().user.__class__.objects.filter(  # type: ignore[union-attr]
        assignments__campaign=campaign
    ).update(first_name="=HYPERLINK()")

    response = client_of(admin).get(address("campaign_figures", campaign, "texters"))

    assert response["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK()" in text_of(response)
    assert client_of(admin).get(address("campaign_figures", campaign, "secrets")).status_code == 404


def test_the_live_page_costs_the_same_whatever_the_size() -> None:
    admin = organizing.member(organizing.organization())
    client = client_of(admin)
    campaign = organizing.running(admin.organization, people=2)
    texted(campaign, organizing.person(), 1)
    client.get(address("campaign", campaign))

    with CaptureQueriesContext(connection) as few:
        client.get(address("campaign", campaign))
    for _ in range(6):
        texted(campaign, organizing.person(), 8, replied=3)
    with CaptureQueriesContext(connection) as many:
        client.get(address("campaign", campaign))

    assert len(many) == len(few)
    assert len(many) <= 24


def test_a_count_that_took_long_is_used_for_a_while_and_then_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = organizing.running(organizing.organization(), people=2)
    monkeypatch.setattr(live, "PATIENCE", 1_000_000)
    first = live.counted(campaign)
    organizing.contacts(campaign, 3)

    kept = live.counted(campaign)
    assert sum(group.contacts for group in kept.groups) == sum(group.contacts for group in first.groups) == 2
    assert kept.seconds_left > 0

    monkeypatch.setattr("parley.texting.queries.live.time.time", lambda: kept.kept_until + 1)
    assert sum(group.contacts for group in live.counted(campaign).groups) == 5


def test_a_count_that_takes_too_long_is_given_up_and_the_last_one_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = organizing.running(organizing.organization(), people=2)
    monkeypatch.setattr(live, "PATIENCE", 1_000_000)
    known = live.counted(campaign)

    def slow(_campaign: Campaign) -> live.Counted:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 10")
            cursor.execute("SELECT pg_sleep(5)")
        raise AssertionError

    monkeypatch.setattr(live, "_count", slow)
    monkeypatch.setattr("parley.texting.queries.live.time.time", lambda: known.kept_until + 1)

    shown = live.counted(campaign)

    assert shown.incomplete
    assert list(shown.groups) == list(known.groups)


# --- joining, and what takes a while ---------------------------------------------------------------


def test_the_join_link_leads_a_member_to_their_texts() -> None:
    campaign = organizing.running(organizing.organization())
    texter = organizing.member(campaign.organization, Role.TEXTER)

    response = client_of(texter).post(reverse("join:door", args=[campaign.join_token]))

    assert response.status_code == 302
    assert Assignment.everywhere.filter(campaign=campaign, user=texter.user).exists()


def test_a_full_campaign_has_a_kind_page() -> None:
    campaign = organizing.running(organizing.organization())
    TextingSettings.objects.create(organization=campaign.organization, max_texters_per_campaign=1)
    actions.join_campaign(campaign.pk, organizing.person())
    late = organizing.member(campaign.organization, Role.TEXTER)

    response = client_of(late).post(reverse("join:door", args=[campaign.join_token]))

    assert response.status_code == 409
    assert "Thank you for wanting to help!" in text_of(response)


def test_a_long_start_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.texting.actions.starting.CHECKED_AT_ONCE", 1)
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization)
    client = client_of(admin)

    page = text_of(client.post(address("campaign_start", campaign), follow=True))

    assert "Starting the campaign" in page
    assert "Thank you" not in page
    again = client.post(address("campaign_start", campaign), follow=True)
    assert "already under way" in text_of(again)


def test_the_second_of_two_owners_is_told_before_their_settings_are_saved() -> None:
    owner = organizing.member(organizing.organization(), Role.OWNER)
    client = client_of(owner)
    url = reverse("texting:settings", args=[owner.organization.slug])
    mine = {
        "texting_hours_enforced": "on",
        "texting_hours_start": "8",
        "texting_hours_end": "20",
        "version": client.get(url).context["form"].initial["version"],
    }
    actions.save_settings(owner, values={"texting_hours_start": 11})

    refused = client.post(url, mine)

    assert refused.status_code == 422
    assert "Somebody else changed the settings" in text_of(refused)
    assert TextingSettings.objects.get(organization=owner.organization).texting_hours_start == 11
    client.post(url, {**mine, "version": refused.context["form"].data["version"]})
    assert TextingSettings.objects.get(organization=owner.organization).texting_hours_start == 8


@pytest.mark.parametrize("name", ["campaign", "contact", "textingsettings", "interactionstep", "assignment"])
def test_the_staff_site_lists_texting_and_changes_nothing(name: str) -> None:
    staff = organizing.person(is_staff=True, is_superuser=True)
    campaign = organizing.running(organizing.organization())
    actions.ensure_settings(campaign.organization_id)
    actions.join_campaign(campaign.pk, organizing.person())
    client = Client()
    client.force_login(staff)

    assert client.get(reverse(f"staff:texting_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"staff:texting_{name}_add")).status_code == 403
