"""What organizers may do to campaigns."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from parley.accounts import errors
from parley.accounts.models import AuditEvent, Role
from parley.conversations import tasks
from parley.conversations.models import OptOut
from parley.texting import access, actions
from parley.texting.actions import starting
from parley.texting.models import Campaign, CampaignStatus, Contact, ContactStatus, InteractionStep, TextingSettings
from parley.texting.queries import campaigns as queries
from tests.texting import organizing

pytestmark = pytest.mark.django_db


def verbs(campaign: Campaign) -> list[str]:
    events = AuditEvent.everywhere.filter(target_kind="campaign", target_id=campaign.pk)
    return list(events.order_by("pk").values_list("verb", flat=True))


def test_a_new_campaign_is_a_draft_on_the_organizations_only_channel() -> None:
    admin = organizing.member(organizing.organization())
    line = organizing.channel(admin.organization)

    campaign = actions.create_campaign(admin, title="  Spring   walk ")

    assert (campaign.title, campaign.status, campaign.channel) == ("Spring walk", CampaignStatus.DRAFT, line)
    assert verbs(campaign) == ["campaign.created"]


def test_a_supervolunteer_cannot_create_start_close_or_archive() -> None:
    helper = organizing.member(organizing.organization(), Role.SUPERVOLUNTEER)
    campaign = organizing.ready(helper.organization)

    with pytest.raises(PermissionDenied):
        actions.create_campaign(helper, title="Mine")
    for verb in (actions.start_campaign, actions.close_campaign, actions.archive_campaign, actions.close_join_link):
        with pytest.raises(PermissionDenied):
            verb(helper, campaign.pk)
    assert Campaign.everywhere.get(pk=campaign.pk).status == CampaignStatus.DRAFT


def test_a_campaign_of_another_organization_does_not_exist() -> None:
    admin = organizing.member(organizing.organization())
    foreign = organizing.ready(organizing.organization())

    with pytest.raises(Http404):
        access.access_campaign(admin, foreign.pk)
    with pytest.raises(Http404):
        access.access_campaign_by_id(admin.user, foreign.pk)
    with pytest.raises(Http404):
        actions.start_campaign(admin, foreign.pk)


def test_what_a_start_still_needs_is_listed_section_by_section() -> None:
    campaign = organizing.draft(organizing.organization(), due_by=dt.date(2020, 1, 1))

    missing = queries.missing_before_start(campaign)

    assert [item.section for item in missing] == ["basics", "basics", "contacts", "script"]


def test_a_script_with_a_column_that_the_list_lacks_stops_the_start() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization, custom_fields=["park"])
    InteractionStep.everywhere.filter(campaign=campaign).update(script="Meet us at {park} or {pond}")

    with pytest.raises(errors.Refused, match=r"\{pond\}"):
        actions.start_campaign(admin, campaign.pk)

    assert Campaign.everywhere.get(pk=campaign.pk).status == CampaignStatus.DRAFT


def test_starting_closes_people_who_opted_out_since_the_upload() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization, people=5)
    here, everywhere, elsewhere, revoked, _other = Contact.everywhere.filter(campaign=campaign).order_by("pk")
    organizing.opt_out(admin.organization, here.cell)
    organizing.opt_out(None, everywhere.cell, scope=OptOut.Scope.EVERYONE)
    organizing.opt_out(organizing.organization(), elsewhere.cell)
    organizing.opt_out(admin.organization, revoked.cell, revoked_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    task = actions.start_campaign(admin, campaign.pk)

    assert task is None
    closed = Contact.everywhere.filter(campaign=campaign, status=ContactStatus.CLOSED, opted_out=True)
    assert set(closed.values_list("pk", flat=True)) == {here.pk, everywhere.pk}
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.ACTIVE
    assert campaign.started_at is not None
    assert verbs(campaign) == ["campaign.started"]


def test_a_long_list_is_checked_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "CHECKED_AT_ONCE", 3)
    monkeypatch.setattr(starting, "SLICE", 2)
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization, people=7)
    stopped = Contact.everywhere.filter(campaign=campaign).order_by("cell")[4]
    organizing.opt_out(admin.organization, stopped.cell)

    task = actions.start_campaign(admin, campaign.pk)
    assert task is not None
    assert Campaign.everywhere.get(pk=campaign.pk).status == CampaignStatus.DRAFT
    tasks.run(task.pk)

    task.refresh_from_db()
    assert (task.state, task.result["closed"]) == ("done", 1)
    assert Campaign.everywhere.get(pk=campaign.pk).status == CampaignStatus.ACTIVE
    assert Contact.everywhere.get(pk=stopped.pk).status == ContactStatus.CLOSED
    assert AuditEvent.everywhere.get(verb="campaign.started", target_id=campaign.pk).actor == admin.user


def test_a_start_in_the_background_gives_up_when_the_list_changes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "CHECKED_AT_ONCE", 1)
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization)
    task = actions.start_campaign(admin, campaign.pk)
    assert task is not None
    Campaign.everywhere.filter(pk=campaign.pk).update(upload_version=1)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == "failed"
    assert Campaign.everywhere.get(pk=campaign.pk).status == CampaignStatus.DRAFT


def test_a_second_start_is_told_that_the_first_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "CHECKED_AT_ONCE", 1)
    admin = organizing.member(organizing.organization())
    campaign = organizing.ready(admin.organization)
    actions.start_campaign(admin, campaign.pk)

    with pytest.raises(tasks.AlreadyRunning):
        actions.start_campaign(admin, campaign.pk)


def test_a_started_campaign_cannot_be_started_again() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)

    with pytest.raises(errors.Refused, match="already"):
        actions.start_campaign(admin, campaign.pk)


def test_a_running_campaign_is_closed_for_first_texts_closed_and_reopened() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)

    seen = [
        actions.close_for_initials(admin, campaign.pk).status,
        actions.close_campaign(admin, campaign.pk).status,
        actions.reopen_campaign(admin, campaign.pk).status,
    ]

    assert seen == [CampaignStatus.CLOSED_FOR_INITIALS, CampaignStatus.CLOSED, CampaignStatus.ACTIVE]
    assert verbs(campaign) == ["campaign.closed_for_initials", "campaign.closed", "campaign.reopened"]


def test_a_draft_can_be_neither_closed_nor_reopened() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    for verb in (actions.close_campaign, actions.close_for_initials, actions.reopen_campaign):
        with pytest.raises(errors.Refused):
            verb(admin, campaign.pk)


def test_past_its_due_date_a_campaign_takes_replies_only_by_its_own_clock() -> None:
    campaign = organizing.running(
        organizing.organization(), due_by=dt.date(2026, 11, 20), timezone="America/Los_Angeles"
    )
    evening_there = dt.datetime(2026, 11, 21, 7, 59, tzinfo=dt.UTC)
    midnight_there = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)

    assert queries.effective_status(campaign, now=evening_there) == CampaignStatus.ACTIVE
    assert queries.effective_status(campaign, now=midnight_there) == CampaignStatus.CLOSED_FOR_INITIALS


def test_a_campaign_past_its_due_date_is_not_reopened_before_the_date_is_moved() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization, due_by=dt.date(2020, 1, 1))
    Campaign.everywhere.filter(pk=campaign.pk).update(status=CampaignStatus.CLOSED)

    with pytest.raises(errors.Refused, match="due date"):
        actions.reopen_campaign(admin, campaign.pk)


def test_an_archived_campaign_comes_back_closed_so_that_nothing_is_sent_by_surprise() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)

    archived = actions.archive_campaign(admin, campaign.pk)
    assert (archived.status, archived.archived_at is not None) == (CampaignStatus.ARCHIVED, True)
    back = actions.unarchive_campaign(admin, campaign.pk)

    assert (back.status, back.archived_at) == (CampaignStatus.CLOSED, None)
    assert verbs(campaign) == ["campaign.archived", "campaign.unarchived"]


def test_an_archived_campaign_is_not_changed() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)
    actions.archive_campaign(admin, campaign.pk)

    with pytest.raises(errors.Refused, match="archived"):
        actions.save_assignment(
            admin, campaign.pk, use_dynamic_assignment=False, batch_size=5, max_contacts_per_texter=None
        )


def test_of_two_people_who_save_one_section_the_second_is_told() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)
    seen_by_both = queries.section_version(campaign, "assignment")
    save = {"use_dynamic_assignment": True, "max_contacts_per_texter": None}
    actions.save_assignment(admin, campaign.pk, batch_size=5, version=seen_by_both, **save)  # type: ignore[arg-type]

    with pytest.raises(actions.Outdated):
        actions.save_assignment(admin, campaign.pk, batch_size=9, version=seen_by_both, **save)  # type: ignore[arg-type]

    assert Campaign.everywhere.get(pk=campaign.pk).batch_size == 5


def test_a_change_of_another_section_is_no_conflict() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)
    seen = queries.section_version(campaign, "basics")
    actions.save_assignment(admin, campaign.pk, use_dynamic_assignment=True, batch_size=7, max_contacts_per_texter=None)

    saved = actions.save_basics(
        admin, campaign.pk, title="New", description="", due_by=None, intro="", channel_id=None, version=seen
    )

    assert saved.title == "New"


def test_the_channel_stays_once_the_campaign_has_started() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.running(admin.organization)
    other = organizing.channel(admin.organization)

    with pytest.raises(errors.Refused, match="channel"):
        actions.save_basics(admin, campaign.pk, title="T", description="", due_by=None, intro="", channel_id=other.pk)


def test_another_organizations_channel_is_refused() -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)
    foreign = organizing.channel(organizing.organization())

    with pytest.raises(errors.Refused, match="does not belong"):
        actions.save_basics(admin, campaign.pk, title="T", description="", due_by=None, intro="", channel_id=foreign.pk)


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [(21, 9, "America/New_York"), (9, 9, "America/New_York"), (9, 25, "UTC"), (9, 21, "Moon/Base")],
)
def test_hours_that_make_no_sense_are_refused(start: int, end: int, zone: str) -> None:
    admin = organizing.member(organizing.organization())
    campaign = organizing.draft(admin.organization)

    with pytest.raises(errors.Refused):
        actions.save_hours(admin, campaign.pk, override=True, enforced=True, start=start, end=end, timezone_name=zone)


def test_texting_settings_come_into_being_when_they_are_saved() -> None:
    owner = organizing.member(organizing.organization(), Role.OWNER)
    assert not TextingSettings.objects.filter(organization=owner.organization).exists()
    defaults = queries.texting_settings(owner.organization)

    actions.save_settings(owner, values={"texting_hours_start": 10}, version=queries.settings_version(defaults))

    assert TextingSettings.objects.get(organization=owner.organization).texting_hours_start == 10


def test_only_owners_change_the_texting_settings() -> None:
    admin = organizing.member(organizing.organization())

    with pytest.raises(PermissionDenied):
        actions.save_settings(admin, values={"texting_hours_start": 10})


def test_campaigns_are_found_by_word_by_number_and_without_a_word() -> None:
    where = organizing.organization()
    walk = organizing.draft(where, title="Spring walk")
    drive = organizing.draft(where, title="Blood drive")
    organizing.draft(organizing.organization(), title="Spring of others")

    assert list(queries.of_organization(where, search="spring")) == [walk]
    assert list(queries.of_organization(where, search=str(drive.pk))) == [drive]
    assert list(queries.of_organization(where, search="-walk")) == [drive]
