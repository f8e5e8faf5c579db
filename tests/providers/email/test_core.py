"""A mail on the whole way: Django's mail API, the outbox, real SMTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import pytest
from django.core import mail
from django.utils import timezone
from django_scopes import scopes_disabled
from pytest_django.fixtures import Settings

from parley.accounts.models import Organization
from parley.conversations.actions import sending
from parley.conversations.models import Message, Outbox, Status
from parley.providers.email import actions
from tests.providers.email import conftest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unscoped() -> Iterable[None]:
    with scopes_disabled():
        yield


@pytest.fixture(autouse=True)
def home(settings: Settings, catcher: conftest.Catcher) -> Organization:
    settings.EMAIL_BACKEND = "parley.providers.email.backend.OutboxBackend"
    settings.EMAIL_URL = catcher.smtp_url
    settings.DEFAULT_FROM_EMAIL = "Parley <parley@example.org>"
    return Organization.objects.create(name="Oak Street", slug="oak", is_home=True)


def deliver() -> int:
    """What the worker does, once; how many it claimed."""
    dispatches = [one.dispatch for one in sending.claim(uuid.UUID(int=1), 100)]
    sending.finish(list(zip(dispatches, conftest.send(*dispatches), strict=True)))
    return len(dispatches)


def test_a_mail_arrives_once_with_its_message_in_its_id(catcher: conftest.Catcher) -> None:
    mail.send_mail(
        "Invitation",
        "Come: https://parley.example/join/1",
        None,
        ["ann@example.org"],
        html_message="<p>Come</p>",
    )

    deliver()
    again = deliver()

    message = Message.objects.get()
    (caught,) = catcher.mails
    assert again == 0
    assert (message.status, message.provider_id) == (Status.SENT, f"<parley.{message.pk}@example.org>")
    assert caught.parsed()["Message-ID"] == message.provider_id
    assert caught.parsed()["From"] == "Parley <parley@example.org>"
    assert (caught.part("plain").strip(), caught.part("html").strip()) == (message.text, "<p>Come</p>")


def test_a_mail_that_was_put_off_is_sent_later(catcher: conftest.Catcher) -> None:
    catcher.fault("recipient", "451 4.7.1 greylisted", next=1)
    mail.send_mail("News", "Hello", None, ["ann@example.org"])

    deliver()
    early = deliver()
    Outbox.everywhere.update(send_after=timezone.now())
    deliver()

    assert early == 0
    assert len(catcher.mails) == 1
    assert Message.objects.get().status == Status.SENT


def test_a_mail_waits_until_there_is_a_server(catcher: conftest.Catcher, settings: Settings) -> None:
    settings.EMAIL_URL = ""
    mail.send_mail("News", "Hello", None, ["ann@example.org"])
    without = deliver()

    settings.EMAIL_URL = catcher.smtp_url
    actions.refresh_mail_account()
    deliver()

    assert without == 0
    assert [caught.recipients for caught in catcher.mails] == [["ann@example.org"]]


def test_a_lost_answer_is_unconfirmed_and_not_repeated(catcher: conftest.Catcher) -> None:
    catcher.fault("taken", "hangup", next=1)
    mail.send_mail("News", "Hello", None, ["ann@example.org"])

    deliver()
    again = deliver()

    assert again == 0
    assert len(catcher.mails) == 1
    assert Message.objects.get().status == Status.UNCONFIRMED
