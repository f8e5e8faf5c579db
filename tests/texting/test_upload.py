"""Loading a list of contacts: all of it or nothing, and every count told."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from parley.accounts.models import AuditEvent, Organization, User
from parley.conversations import direct, files, tasks
from parley.conversations.models import BackgroundTask, OptOut, StoredFile
from parley.texting.actions import uploads
from parley.texting.models import Campaign, CampaignStatus, Contact, HoursGroup, TextingSettings

pytestmark = pytest.mark.django_db(transaction=True)
State = BackgroundTask.State
HEADER = "first_name,last_name,cell\n"


@pytest.fixture(autouse=True)
def _fictional(settings: Any) -> None:
    settings.ALLOW_FICTIONAL_NUMBERS = True


@pytest.fixture
def organization() -> Organization:
    return Organization.objects.create(name="North", slug="north")


@pytest.fixture
def admin() -> User:
    return User.objects.create_user("ana@example.org", first_name="Ana")


@pytest.fixture
def campaign(organization: Organization) -> Campaign:
    return Campaign.everywhere.create(organization=organization, title="Spring walk")


def store(campaign: Campaign, content: str | bytes) -> StoredFile:
    with files.Writer(
        organization=campaign.organization_id, name="people.csv", content_type="text/csv", created_by=None
    ) as writer:
        writer.write(content.encode() if isinstance(content, str) else content)
    return writer.file


@pytest.fixture
def begin(campaign: Campaign, admin: User) -> Callable[..., BackgroundTask]:
    def begin(content: str | bytes, into: Campaign = campaign) -> BackgroundTask:
        return uploads.start_upload(actor=admin, campaign=into, file=store(into, content))

    return begin


@pytest.fixture
def upload(begin: Callable[..., BackgroundTask]) -> Callable[..., BackgroundTask]:
    """Upload this content, run the task to its end, and return it."""

    def upload(content: str | bytes, **options: Any) -> BackgroundTask:
        task = begin(content, **options)
        tasks.run(task.pk)
        task.refresh_from_db()
        return task

    return upload


Upload = Callable[..., BackgroundTask]


def cells(campaign: Campaign) -> list[str]:
    return list(Contact.everywhere.filter(campaign=campaign).order_by("id").values_list("cell", flat=True))


def test_a_list_becomes_contacts(campaign: Campaign, upload: Upload) -> None:
    task = upload(
        "firstName,Last Name,Phone,zip,external_id,state,Fav Color\n"
        "Ann,Lee,(617) 555-0123,02141-1234,v1,Massachusetts,blue\n"
        'Bob,O\'Ray,212.555.0124,10001,v2,NY,"red, dark"\n'
    )

    assert task.state == State.DONE, task.message
    ann, bob = Contact.everywhere.filter(campaign=campaign).order_by("id")
    assert (ann.first_name, ann.last_name, ann.cell, ann.zip, ann.external_id, ann.state) == (
        "Ann", "Lee", "+16175550123", "02141", "v1", "MA",
    )  # fmt: skip
    assert ann.custom_fields == {"Fav Color": "blue"}
    assert bob.custom_fields == {"Fav Color": "red, dark"}
    assert ann.organization_id == campaign.organization_id
    assert HoursGroup.objects.get(pk=ann.hours_group_id).zones == "America/New_York"
    campaign.refresh_from_db()
    assert (campaign.contacts_count, campaign.custom_fields, campaign.contact_file_name) == (
        2,
        ["Fav Color"],
        "people.csv",
    )
    assert task.message == "2 contacts are ready."


def test_every_row_is_accounted_for(campaign: Campaign, organization: Organization, upload: Upload) -> None:
    OptOut.objects.create(
        organization=organization, address_kind="phone", address="+16175550105", source="reply", scope="organization"
    )

    upload(
        HEADER.strip() + ",zip\n"
        "A,A,6175550101,02141\n"
        "B,B,,02141\n"
        "C,C,6175550101,02141\n"
        "D,D,12,02141\n"
        "E,E,6175550105,02141\n"
        "F,F,6175550105,2141\n"
        "G,G,nobody,\n"
        "H,H,6175550106,abc\n"
    )

    campaign.refresh_from_db()
    result = campaign.upload_result
    assert cells(campaign) == ["+16175550101", "+16175550106"]
    counts = {
        name: result[name]
        for name in ("rows", "contacts", "valid", "duplicates", "missing", "invalid", "opted_out", "zips")
    }
    assert counts == {
        "rows": 8, "contacts": 2, "valid": 5, "duplicates": 2, "missing": 1, "invalid": 2, "opted_out": 1, "zips": 3,
    }  # fmt: skip
    assert (result["missing_rows"], result["invalid_rows"]) == ([3], [5, 8])
    assert (
        result["rows"]
        == result["contacts"] + result["duplicates"] + result["missing"] + result["invalid"] + result["opted_out"]
    )


def test_one_number_in_five_spellings_is_one_contact_and_the_first_row_wins(campaign: Campaign, upload: Upload) -> None:
    spellings = ["(617) 555-0123", "617.555.0123", "+1 617 555 0123", "16175550123", "617-555-0123"]

    upload(HEADER + "".join(f"N{number},X,{cell}\n" for number, cell in enumerate(spellings)))

    only = Contact.everywhere.get(campaign=campaign)
    assert (only.first_name, only.cell) == ("N0", "+16175550123")


def test_numbers_of_other_countries_count_when_written_with_a_plus(campaign: Campaign, upload: Upload) -> None:
    task = upload(HEADER + "A,A,+44 20 7946 0958\nB,B,020 7946 0958\nC,C,+34 612 34 56 78\n")

    assert cells(campaign) == ["+442079460958", "+34612345678"]
    assert (task.result["invalid"], task.result["invalid_rows"]) == (1, [3])


def test_the_list_keeps_its_order_across_slices(
    campaign: Campaign, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.texting.csv_reading.rows._ROWS", (7, 7))
    numbers = [f"+1617555{number:04d}" for number in range(100, 200)]

    upload(HEADER + "".join(f"A,A,{cell}\n" for cell in numbers) * 2)

    assert cells(campaign) == numbers


@pytest.mark.parametrize(
    ("scope", "covered"), [("everyone", True), ("organization", False), ("channel", False), ("program", False)]
)
def test_opt_outs_elsewhere_count_only_when_they_are_for_everyone(
    campaign: Campaign, upload: Upload, scope: str, covered: bool
) -> None:
    other = Organization.objects.create(name="South", slug="south")
    OptOut.objects.create(organization=other, address_kind="phone", address="+16175550101", source="reply", scope=scope)

    upload(HEADER + "A,A,6175550101\nB,B,6175550102\n")

    assert cells(campaign) == (["+16175550102"] if covered else ["+16175550101", "+16175550102"])


def test_a_new_list_replaces_the_former_one(campaign: Campaign, upload: Upload) -> None:
    upload(HEADER.strip() + ",colour\nA,A,6175550101,red\nB,B,6175550102,blue\n")
    upload(HEADER + "C,C,6175550102\n")

    campaign.refresh_from_db()
    assert cells(campaign) == ["+16175550102"]
    assert (campaign.contacts_count, campaign.custom_fields, campaign.upload_version) == (1, [], 2)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"",
        HEADER,
        "a,b\n1,2\n",
        HEADER + "A,A,6175550109\n" * 3 + "B,B,1,2,3,4\n",
        HEADER.strip() + ",van_statecode\nA,A,6175550109,MA\nB,B,6175550108,ZZ\n",
        HEADER + "A,A,6175550109\n" + "x" * 101 + ",B,6175550108\n",
    ],
)
def test_a_list_that_cannot_be_read_changes_nothing(campaign: Campaign, upload: Upload, content: str | bytes) -> None:
    upload(HEADER + "A,A,6175550101\n")

    task = upload(content)

    campaign.refresh_from_db()
    assert task.state == State.FAILED
    assert "incident" not in task.message
    assert cells(campaign) == ["+16175550101"]
    assert (campaign.contacts_count, campaign.upload_version) == (1, 1)
    assert not StoredFile.everywhere.exists()


def test_unknown_state_codes_are_listed(upload: Upload) -> None:
    task = upload(HEADER.strip() + ",van_statecode\n" + "A,A,6175550101,ZZ\n" * 11)

    assert "rows 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more" in task.message


def test_more_than_the_organization_allows_is_refused_whole(
    campaign: Campaign, organization: Organization, upload: Upload
) -> None:
    TextingSettings.objects.create(organization=organization, max_contacts=3)

    task = upload(HEADER + "".join(f"A,A,61755501{number:02d}\n" for number in range(4)))

    assert task.state == State.FAILED
    assert "more than 3 contacts" in task.message
    assert not cells(campaign)


def test_formulas_stay_the_text_that_they_are(campaign: Campaign, upload: Upload) -> None:
    upload(HEADER.strip() + ',note\n=1+1,@SUM(A1),6175550101,=HYPERLINK("x")\n')

    contact = Contact.everywhere.get(campaign=campaign)
    assert (contact.first_name, contact.last_name) == ("=1+1", "@SUM(A1)")
    assert contact.custom_fields == {"note": '=HYPERLINK("x")'}


def test_a_started_campaign_refuses_a_list(campaign: Campaign, begin: Upload) -> None:
    Campaign.everywhere.update(status=CampaignStatus.ACTIVE)

    with pytest.raises(uploads.Refused, match="started"):
        begin(HEADER + "A,A,6175550101\n")

    assert not StoredFile.everywhere.exists()
    assert not BackgroundTask.everywhere.exists()


def test_a_campaign_that_starts_meanwhile_keeps_its_list(campaign: Campaign, begin: Upload, upload: Upload) -> None:
    upload(HEADER + "A,A,6175550101\n")
    task = begin(HEADER + "B,B,6175550102\n")

    class StartsTheCampaign(uploads.reading.Upload):
        def _prepare(self, part: Any) -> tuple[bytes, int]:
            Campaign.everywhere.update(status=CampaignStatus.ACTIVE)
            return super()._prepare(part)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads.reading, "Upload", StartsTheCampaign)
        tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.FAILED
    assert cells(campaign) == ["+16175550101"]


def test_of_two_uploads_at_once_one_wins_and_one_is_refused(
    campaign: Campaign, admin: User, run_concurrently: Any
) -> None:
    lists = [store(campaign, HEADER + f"N{number},N,617555010{number}\n") for number in range(2)]
    outcomes: list[str] = []

    def attempt(file: StoredFile) -> None:
        try:
            task = uploads.start_upload(actor=admin, campaign=campaign, file=file)
        except tasks.AlreadyRunning as refused:
            outcomes.append(str(refused))
        else:
            outcomes.append("started")
            tasks.run(task.pk)

    run_concurrently([lambda file=file: attempt(file) for file in lists])

    campaign.refresh_from_db()
    assert "started" in outcomes
    assert len(cells(campaign)) == campaign.contacts_count == 1
    if campaign.upload_version == 1:
        assert any("under way" in outcome for outcome in outcomes)


def test_a_second_upload_while_one_runs_is_refused_and_its_file_removed(campaign: Campaign, begin: Upload) -> None:
    first = begin(HEADER + "A,A,6175550101\n")

    with pytest.raises(tasks.AlreadyRunning):
        begin(HEADER + "B,B,6175550102\n")
    tasks.run(first.pk)

    assert cells(campaign) == ["+16175550101"]
    assert not StoredFile.everywhere.exists()


def test_cancelling_leaves_the_former_list(campaign: Campaign, begin: Upload, upload: Upload) -> None:
    upload(HEADER + "A,A,6175550101\n")
    task = begin(HEADER + "B,B,6175550102\n")

    class CancelsItself(uploads.reading.Upload):
        def _prepare(self, part: Any) -> tuple[bytes, int]:
            tasks.cancel(self.task)
            return super()._prepare(part)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads.reading, "Upload", CancelsItself)
        tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.CANCELLED
    assert cells(campaign) == ["+16175550101"]


def test_a_broken_connection_leaves_the_former_list(campaign: Campaign, begin: Upload, upload: Upload) -> None:
    upload(HEADER + "A,A,6175550101\n")
    task = begin(HEADER + "B,B,6175550102\n")

    class LosesItsConnection(uploads.storing.Storing):
        def finish(self) -> None:
            super().finish()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [self._own.info.backend_pid])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads.storing, "Storing", LosesItsConnection)
        tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.FAILED
    assert "incident" in task.message
    assert cells(campaign) == ["+16175550101"]


def test_running_again_after_the_switch_changes_nothing(campaign: Campaign, begin: Upload) -> None:
    task = begin(HEADER + "A,A,6175550101\n")
    file = task.arguments["file"]
    tasks.run(task.pk)
    [former] = Contact.everywhere.values_list("pk", flat=True)
    BackgroundTask.everywhere.update(state=State.WAITING)
    Campaign.everywhere.update(status=CampaignStatus.ACTIVE)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.DONE
    assert list(Contact.everywhere.values_list("pk", flat=True)) == [former]
    assert not StoredFile.everywhere.filter(pk=file).exists()


def test_a_process_killed_in_the_middle_leaves_all_as_it_was_and_the_next_one_finishes(
    campaign: Campaign, begin: Upload, upload: Upload, tmp_path: Path
) -> None:
    upload(HEADER + "A,A,6175550101\n")
    rows = [f"{area}55501{number:02d}" for area in range(200, 1000) if area % 100 != 11 for number in range(100)]
    task = begin(HEADER + "".join(f"A,A,{cell}\n" for cell in rows))
    script = tmp_path / "dies.py"
    script.write_text(
        "import django, os, signal, sys\n"
        "django.setup()\n"
        "from parley.conversations import tasks\n"
        "from parley.texting.actions.uploads import storing\n"
        "insert = storing.Storing._insert\n"
        "def dies(self, lines):\n"
        "    insert(self, lines)\n"
        "    os.write(1, b'inserted')\n"
        "    signal.pause()\n"
        "storing.Storing._insert = dies\n"
        "tasks.run(int(sys.argv[1]))\n"
    )
    test_database = connection.settings_dict["NAME"]
    url = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
    address = f"postgresql://{url['user']}:{url.get('password', '')}@{url['host']}:{url['port']}/{test_database}"
    process = subprocess.Popen(
        [sys.executable, str(script), str(task.pk)],
        env={**os.environ, "DATABASE_URL": address, "DATABASE_DIRECT_URL": address, "ALLOW_FICTIONAL_NUMBERS": "1",
             "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None

    with process:
        said = process.stdout.read(8)
        seen_meanwhile = cells(campaign)
        process.send_signal(signal.SIGKILL)
    after_the_kill = cells(campaign)
    long_ago = task.created_at.replace(year=2020)
    BackgroundTask.everywhere.filter(pk=task.pk).update(beat_at=long_ago)
    recovered = tasks.recover()
    tasks.run(task.pk)

    task.refresh_from_db()
    assert said == b"inserted"
    assert seen_meanwhile == after_the_kill == ["+16175550101"]
    assert recovered == 1
    assert task.state == State.DONE, task.message
    assert len(cells(campaign)) == len(rows)


def test_reading_elsewhere_goes_on_while_a_list_is_loaded(campaign: Campaign, begin: Upload, upload: Upload) -> None:
    upload(HEADER + "A,A,6175550101\n")
    task = begin(HEADER + "B,B,6175550102\n")
    seen: list[list[str]] = []

    class Looks(uploads.storing.Storing):
        def finish(self) -> None:
            super().finish()
            seen.append(cells(campaign))
            Campaign.everywhere.filter(pk=campaign.pk).update(title="Summer walk")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads.storing, "Storing", Looks)
        tasks.run(task.pk)

    campaign.refresh_from_db()
    assert seen == [["+16175550101"]]
    assert campaign.title == "Summer walk"
    assert cells(campaign) == ["+16175550102"]


def test_the_audit_log_knows_of_it_but_not_whom(campaign: Campaign, begin: Upload, admin: User) -> None:
    begin(HEADER + "Ann,Lee,6175550101\n")

    event = AuditEvent.everywhere.get(verb="campaign.upload_started")
    assert (event.actor, event.target_id) == (admin, campaign.pk)
    assert "6175550101" not in str(event.detail)


def test_no_connection_and_no_thread_is_left_behind(campaign: Campaign, upload: Upload) -> None:
    threads = threading.active_count()

    upload(HEADER + "A,A,6175550101\n")
    upload(HEADER + "B,B,1,2,3\n")

    with direct.connect() as own:
        [others] = own.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        ).fetchone() or [None]
    assert others == 0
    assert threading.active_count() <= threads + 1
