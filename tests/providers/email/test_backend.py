"""Django's mail API writes to the outbox; the mail account follows EMAIL_URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django_scopes import scopes_disabled
from pytest_django.fixtures import Settings

from parley.accounts.models import Organization
from parley.conversations import credentials
from parley.conversations.models import Channel, Message, Outbox, ProviderAccount
from parley.engine import health
from parley.providers.email import actions, address, backend, checks

pytestmark = pytest.mark.django_db
BACKEND = "parley.providers.email.backend.OutboxBackend"


@pytest.fixture(autouse=True)
def unscoped() -> Iterable[None]:
    with scopes_disabled():
        yield


@pytest.fixture(autouse=True)
def outbox_mail(settings: Settings) -> None:
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_URL = "smtp://user:secret@mail.example:2525"
    settings.DEFAULT_FROM_EMAIL = "Parley <parley@example.org>"


@pytest.fixture
def home(db: None) -> Organization:
    return Organization.objects.create(name="Oak Street", slug="oak", is_home=True)


def messages() -> list[Message]:
    return list(Message.objects.order_by("id").select_related("conversation"))


def test_a_mail_is_one_message_in_the_outbox_for_each_recipient(home: Organization) -> None:
    letter = mail.EmailMultiAlternatives(
        "Invitation",
        "Come",
        "Oak <oak@example.org>",
        ["ann@example.org", "ben@example.org"],
        bcc=["cleo@example.org", "ann@example.org"],
        reply_to=["help@example.org"],
        headers={"X-Kind": "invitation"},
    )
    letter.attach_alternative("<p>Come</p>", "text/html")

    assert letter.send() == 1

    written = messages()
    assert [m.conversation.address for m in written] == ["ann@example.org", "ben@example.org", "cleo@example.org"]
    assert {(m.text, m.purpose, m.conversation.program, m.conversation.address_kind) for m in written} == {
        ("Come", "mail", "mail", "email")
    }
    assert written[0].payload == {
        "subject": "Invitation",
        "from": "Oak <oak@example.org>",
        "html": "<p>Come</p>",
        "reply_to": ["help@example.org"],
        "headers": {"X-Kind": "invitation"},
    }
    assert Outbox.everywhere.count() == 3


def test_a_mail_of_html_alone_has_a_text(home: Organization) -> None:
    letter = mail.EmailMessage("News", "<p>Hello <b>Ann</b></p>", None, ["ann@example.org"])
    letter.content_subtype = "html"

    letter.send()

    assert (messages()[0].text, messages()[0].payload["html"]) == ("Hello Ann", "<p>Hello <b>Ann</b></p>")


def test_a_mail_goes_with_the_transaction_of_its_cause(home: Organization) -> None:
    def invite_and_fail() -> None:
        with transaction.atomic():
            mail.send_mail("Invitation", "Come", None, ["ann@example.org"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        invite_and_fail()

    assert messages() == []


def test_a_mail_without_recipients_is_nothing(home: Organization) -> None:
    assert mail.EmailMessage("News", "Hello", None, []).send() == 0
    assert messages() == []


@pytest.mark.parametrize("silently", [True, False])
def test_a_mail_that_cannot_be_carried_is_refused_whole(silently: bool, home: Organization) -> None:
    letter = mail.EmailMessage("News", "Hello", None, ["ann@example.org"])
    letter.attach("a.txt", "text", "text/plain")

    if silently:
        assert letter.send(fail_silently=True) == 0
    else:
        with pytest.raises(backend.NotPossible):
            letter.send()

    assert messages() == []


def test_a_line_break_in_a_header_is_refused(home: Organization) -> None:
    with pytest.raises(ValueError, match="newline"):
        mail.send_mail("News\nBcc: all@example.org", "Hello", None, ["ann@example.org"])

    assert messages() == []


def test_without_any_organization_mail_is_refused_aloud() -> None:
    with pytest.raises(actions.NoHome):
        mail.send_mail("News", "Hello", None, ["ann@example.org"])


def test_the_account_is_made_once_with_its_password_encrypted(home: Organization) -> None:
    first, again = actions.ensure_mail_account(), actions.ensure_mail_account()

    account = ProviderAccount.objects.get()
    assert first == again
    assert "secret" not in account.credentials
    assert credentials.reveal(account.credentials)["password"] == "secret"
    assert (first.address, first.kind, first.shared) == ("parley@example.org", Channel.Kind.MAILBOX, True)


def test_without_a_server_mails_wait_and_readyz_says_so(home: Organization, settings: Settings) -> None:
    settings.EMAIL_URL = ""

    mail.send_mail("News", "Hello", None, ["ann@example.org"])

    account = ProviderAccount.objects.get()
    assert Outbox.everywhere.count() == 1
    assert (account.stopped_at is not None, account.stop_reason) == (True, actions.NO_SERVER)
    assert f"email {account.pk}" in health.problems()["provider_accounts"]


def test_a_refresh_makes_no_account_where_nobody_mails(home: Organization) -> None:
    actions.refresh_mail_account()

    assert not ProviderAccount.objects.exists()


def test_a_server_that_is_named_later_frees_what_waited(home: Organization, settings: Settings) -> None:
    settings.EMAIL_URL = ""
    before = actions.ensure_mail_account()

    settings.EMAIL_URL = "smtp://mail.example"
    actions.refresh_mail_account()

    assert actions.ensure_mail_account() == before
    assert ProviderAccount.objects.get().stopped_at is None
    assert "provider_accounts" not in health.problems()


def test_another_server_takes_over_what_the_old_one_refused(home: Organization, settings: Settings) -> None:
    channel = actions.ensure_mail_account()
    Channel.objects.filter(pk=channel.pk).update(stopped_at="2026-01-01T00:00Z", stop_reason="sign_in_refused")

    settings.EMAIL_URL = "smtp://other.example"
    actions.ensure_mail_account()

    channel.refresh_from_db()
    assert channel.stopped_at is None
    assert credentials.reveal(ProviderAccount.objects.get().credentials)["host"] == "other.example"


def test_a_stop_by_staff_stays_while_the_server_is_the_same(home: Organization) -> None:
    actions.ensure_mail_account()
    ProviderAccount.objects.update(stopped_at="2026-01-01T00:00Z", stop_reason="staff stopped it")

    actions.ensure_mail_account()

    assert ProviderAccount.objects.get().stopped_at is not None


@pytest.mark.django_db(transaction=True)
def test_first_mails_at_the_same_moment_make_one_account(
    home: Organization, run_concurrently: Callable[[Iterable[Callable[[], Any]]], list[Any]]
) -> None:
    def first_mail() -> int:
        with scopes_disabled():
            return mail.send_mail("News", "Hello", None, ["ann@example.org"])

    counts = run_concurrently([first_mail] * 4)

    assert counts == [1, 1, 1, 1]
    assert (ProviderAccount.objects.count(), Channel.objects.count(), len(messages())) == (1, 1, 4)


def test_a_mail_is_cheap_once_the_account_exists(home: Organization, django_assert_max_num_queries: Any) -> None:
    actions.ensure_mail_account()

    with django_assert_max_num_queries(2):
        mail.send_mail("News", "Hello", None, ["ann@example.org"])


def test_a_server_that_is_written_wrongly_is_named_at_start(settings: Settings) -> None:
    settings.EMAIL_URL = "http://user:secret@mail.example"

    (found,) = checks.mail_server()

    assert "EMAIL_URL must begin with smtp://" in found.msg
    assert "secret" not in found.msg


def test_a_server_that_is_written_rightly_is_no_error() -> None:
    assert checks.mail_server() == []
    assert address.parse("smtp://mail.example").host == "mail.example"
