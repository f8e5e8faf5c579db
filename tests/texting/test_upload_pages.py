"""The pages of upload and export: who may, what is said, and that nothing is kept of what is refused."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parley.accounts.models import AuditEvent, Role
from parley.conversations import tasks
from parley.conversations.models import BackgroundTask, StoredFile, StoredPiece
from parley.texting.models import Campaign, CampaignStatus, Contact
from tests.texting import scenes

pytestmark = pytest.mark.django_db(transaction=True)
LIST = b"first_name,last_name,cell\nAnn,Lee,6175550101\nBob,Ray,6175550101\nCy,Low,nobody\n"


@pytest.fixture(autouse=True)
def _fictional(settings: Any) -> None:
    settings.ALLOW_FICTIONAL_NUMBERS = True


@pytest.fixture
def draft(scene: scenes.Scene) -> Campaign:
    return Campaign.everywhere.create(organization=scene.organization, title="Spring walk")


@pytest.fixture
def sign_in(scene: scenes.Scene) -> Callable[..., Client]:
    def sign_in(role: Role = Role.ADMIN, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(scenes.person(scene.organization, f"P{role}", role))
        return client

    return sign_in


def upload_url(campaign: Campaign) -> str:
    return reverse("texting:upload", args=["oak", campaign.pk])


def export_url(campaign: Campaign) -> str:
    return reverse("texting:export", args=["oak", campaign.pk])


def send(client: Client, campaign: Campaign, content: bytes = LIST, **options: Any) -> Any:
    return client.post(upload_url(campaign), {"file": SimpleUploadedFile("people.csv", content)}, **options)


def test_an_admin_sends_a_list_and_reads_what_became_of_it(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    client = sign_in()
    assert client.get(upload_url(draft)).status_code == 200

    sent = send(client, draft)
    while_waiting = client.get(upload_url(draft)).content.decode()
    tasks.run_waiting()
    page = client.get(upload_url(draft)).content.decode()

    assert sent.status_code == 302
    assert reverse("conversations:task", args=["oak", BackgroundTask.everywhere.get().pk]) in while_waiting
    assert 'type="file"' not in while_waiting
    assert "1 contact is ready." in page
    assert "row 4<" in page
    assert Contact.everywhere.filter(campaign=draft).count() == 1


@pytest.mark.parametrize("role", [Role.SUPERVOLUNTEER, Role.TEXTER, Role.SUSPENDED])
def test_others_may_neither_upload_nor_export(draft: Campaign, sign_in: Callable[..., Client], role: Role) -> None:
    client = sign_in(role)

    assert send(client, draft).status_code == 403
    assert client.get(export_url(draft)).status_code == 403
    assert not StoredFile.everywhere.exists()


def test_another_organization_s_campaign_does_not_exist(sign_in: Callable[..., Client], draft: Campaign) -> None:
    from parley.accounts.models import Organization

    south = Organization.objects.create(name="South", slug="south")
    theirs = Campaign.everywhere.create(organization=south, title="Theirs")
    client = sign_in()

    assert send(client, theirs).status_code == 404
    assert client.get(export_url(theirs)).status_code == 404
    assert not StoredFile.everywhere.exists()


def test_without_its_token_the_form_is_refused_and_nothing_kept(
    draft: Campaign, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(enforce_csrf_checks=True)

    refused = send(client, draft)

    assert refused.status_code == 403
    assert not StoredPiece.objects.exists()
    assert not BackgroundTask.everywhere.exists()


def test_with_its_token_the_form_is_taken(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    client = sign_in(enforce_csrf_checks=True)
    token = client.get(upload_url(draft)).cookies["csrftoken"].value

    taken = client.post(
        upload_url(draft), {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("people.csv", LIST)}
    )

    assert taken.status_code == 302


def test_a_file_past_the_limit_is_refused_without_being_read(
    draft: Campaign, sign_in: Callable[..., Client], settings: Any
) -> None:
    settings.UPLOAD_LIMIT = 1_000

    refused = send(sign_in(), draft, b"x" * 200_000)

    assert refused.status_code == 413
    assert "larger than" in refused.content.decode()
    assert not StoredFile.everywhere.exists()


def test_a_file_just_past_the_limit_is_refused_while_it_is_read(
    draft: Campaign, sign_in: Callable[..., Client], settings: Any
) -> None:
    settings.UPLOAD_LIMIT = 1_000

    refused = send(sign_in(), draft, b"x" * 1_001)

    assert refused.status_code == 413
    assert not StoredFile.everywhere.exists()


def test_no_file_is_said(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    refused = sign_in().post(upload_url(draft), {})

    assert refused.status_code == 400
    assert "Choose a file" in refused.content.decode()


def test_a_second_list_during_the_first_is_refused_with_the_reason(
    draft: Campaign, sign_in: Callable[..., Client]
) -> None:
    client = sign_in()
    send(client, draft)

    refused = send(client, draft)

    assert refused.status_code == 409
    assert "already under way" in refused.content.decode()
    assert StoredFile.everywhere.count() == 1


def test_a_started_campaign_takes_no_list(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    Campaign.everywhere.filter(pk=draft.pk).update(status=CampaignStatus.ACTIVE)
    client = sign_in()

    refused = send(client, draft)

    assert refused.status_code == 409
    assert "has been started" in refused.content.decode()
    assert 'type="file"' not in client.get(upload_url(draft)).content.decode()


def test_a_failure_stands_on_the_page_and_says_what_is_kept(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    client = sign_in()
    send(client, draft)
    tasks.run_waiting()

    send(client, draft, b"first_name,cell\nA,1\n")
    tasks.run_waiting()

    page = client.get(upload_url(draft)).content.decode()
    assert "The header lacks a column: last_name" in page
    assert "still has its former list of one contact" in page


def test_what_a_file_is_called_cannot_change_the_page(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    client = sign_in()
    content = b"first_name,last_name,cell,<script>alert(1)</script>\nA,A,6175550101,x\n"

    client.post(upload_url(draft), {"file": SimpleUploadedFile("<img src=x>.csv", content)})
    tasks.run_waiting()

    page = client.get(upload_url(draft)).content.decode()
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page


def test_progress_asks_again_until_the_end_and_then_for_the_whole_page(
    draft: Campaign, sign_in: Callable[..., Client]
) -> None:
    client = sign_in()
    send(client, draft)
    url = reverse("conversations:task", args=["oak", BackgroundTask.everywhere.get().pk])

    working = client.get(url, headers={"HX-Request": "true"})
    tasks.run_waiting()
    ended = client.get(url, headers={"HX-Request": "true"})

    assert url in working.content.decode()
    assert "HX-Refresh" not in working
    assert ended["HX-Refresh"] == "true"


def test_a_dead_process_is_told_on_the_page(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    client = sign_in()
    send(client, draft)
    long_ago = timezone.now() - dt.timedelta(minutes=1)
    BackgroundTask.everywhere.update(state="running", started_at=long_ago, beat_at=long_ago, message="Reading the list")

    page = client.get(upload_url(draft)).content.decode()

    assert "Interrupted. It begins again by itself" in page
    assert "Reading the list" not in page


def test_cancelling_from_the_page(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    client = sign_in()
    send(client, draft)
    task = BackgroundTask.everywhere.get()

    answer = client.post(reverse("conversations:task_cancel", args=["oak", task.pk]))

    task.refresh_from_db()
    assert answer.status_code == 200
    assert task.state == BackgroundTask.State.CANCELLED
    assert not StoredFile.everywhere.exists()


def test_a_task_is_seen_by_its_role_and_organization_only(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    send(sign_in(), draft)
    task = BackgroundTask.everywhere.get()
    url = reverse("conversations:task", args=["oak", task.pk])
    cancel = reverse("conversations:task_cancel", args=["oak", task.pk])

    low = sign_in(Role.SUPERVOLUNTEER)
    assert low.get(url).status_code == 403
    assert low.post(cancel).status_code == 403
    assert Client().get(url).status_code == 302
    task.refresh_from_db()
    assert task.cancel_requested_at is None


def test_an_export_is_started_waited_for_and_fetched(scene: scenes.Scene, sign_in: Callable[..., Client]) -> None:
    scenes.contacts(scene, 2)
    Campaign.everywhere.filter(pk=scene.campaign.pk).update(contacts_count=2)
    client = sign_in()

    started = client.post(export_url(scene.campaign))
    tasks.run_waiting()
    page = client.get(export_url(scene.campaign)).content.decode()
    task = BackgroundTask.everywhere.get()
    file_url = reverse("texting:export_file", args=["oak", scene.campaign.pk, task.pk, "contacts"])
    fetched = client.get(file_url)

    assert started.status_code == 302
    assert file_url in page
    assert "town-hall-contacts.csv" in fetched["Content-Disposition"]
    assert b"".join(fetched).count(b"\n") == 3
    assert fetched["Cache-Control"] == "private, no-store"
    assert AuditEvent.everywhere.filter(verb="campaign.export_downloaded").count() == 1


def test_files_are_not_for_others_nor_for_ever(scene: scenes.Scene, sign_in: Callable[..., Client]) -> None:
    scenes.contacts(scene, 1)
    client = sign_in()
    client.post(export_url(scene.campaign))
    tasks.run_waiting()
    task = BackgroundTask.everywhere.get()
    url = reverse("texting:export_file", args=["oak", scene.campaign.pk, task.pk, "messages"])
    other_campaign = Campaign.everywhere.create(organization=scene.organization, title="Other")

    assert sign_in(Role.SUPERVOLUNTEER).get(url).status_code == 403
    assert client.get(url.replace(f"/{scene.campaign.pk}/", f"/{other_campaign.pk}/", 1)).status_code == 404
    assert client.get(url.replace("messages.csv", "people.csv")).status_code == 404
    StoredFile.everywhere.update(expires_at=timezone.now())
    assert client.get(url).status_code == 404


def test_a_campaign_without_contacts_has_nothing_to_export(draft: Campaign, sign_in: Callable[..., Client]) -> None:
    client = sign_in()

    page = client.get(export_url(draft))
    refused = client.post(export_url(draft))

    assert "Nothing to export" in page.content.decode()
    assert refused.status_code == 409
    assert "no contacts" in refused.content.decode()
