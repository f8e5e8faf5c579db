"""Webhooks: verified, stored, answered; without a database, spooled or refused, never lost."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from parley.accounts.models import Organization
from parley.conversations import actions, connections, spool, webhooks
from parley.conversations.actions import receiving
from parley.conversations.models import Channel, InboundEvent, ProviderAccount
from tests.conversations import doubles

pytestmark = pytest.mark.django_db
Post = Callable[..., tuple[int, bytes]]
BODY = {"id": 1, "address": "+16175550101", "text": "hello"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "SPOOL_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(settings, "SPOOLED_PROVIDERS", ["memory"])
    monkeypatch.setattr(spool, "replay_soon", lambda **_: None)
    return tmp_path


@pytest.fixture
def post(account: ProviderAccount, channel: Channel) -> Post:
    """Call the WSGI application that answers `/webhooks/…`."""

    def call(
        body: Any = BODY, *, signature: str | None = None, path: str | None = None, method: str = "POST", **extra: str
    ) -> tuple[int, bytes]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        told: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path or f"/webhooks/memory/{account.pk}/message",
            "CONTENT_LENGTH": str(len(raw)),
            "HTTP_X_SIGNATURE": account.webhook_secret if signature is None else signature,
            "wsgi.input": io.BytesIO(raw),
            **extra,
        }
        answer = webhooks.application(environ, lambda status, headers: told.append(status))
        return int(told[0][:3]), b"".join(answer)

    return call


def test_event_is_stored_and_answered_in_the_provider_s_words(post: Post) -> None:
    assert post() == (200, b"thanks")
    assert InboundEvent.objects.get().body["text"] == "hello"


def test_one_statement(post: Post, django_assert_num_queries: Any) -> None:
    post()

    with django_assert_num_queries(1):
        post({**BODY, "id": 2})


def test_wrong_signature_is_stored_nowhere(post: Post) -> None:
    assert post(signature="guess")[0] == 403
    assert not InboundEvent.objects.exists()


def test_what_is_no_event_is_told_so(post: Post) -> None:
    assert post(b"{not json")[0] == 400


def test_body_of_a_megabyte_is_refused_unread(post: Post) -> None:
    assert post(b"x" * 1_000_000)[0] == 413


def test_length_that_is_no_number_is_refused(post: Post) -> None:
    assert post(CONTENT_LENGTH="many")[0] == 400


@pytest.mark.parametrize("path", ["/webhooks/memory/999999/message", "/webhooks/unknown/1/message", "/webhooks/x"])
def test_unknown_addresses_do_not_exist(post: Post, path: str) -> None:
    assert post(path=path)[0] == 404


def test_account_of_another_provider_does_not_exist_here(post: Post, account: ProviderAccount) -> None:
    assert post(path=f"/webhooks/twilio/{account.pk}/message")[0] == 404


def test_reading_a_webhook_is_not_allowed(post: Post) -> None:
    assert post(method="GET")[0] == 405


def test_text_with_a_nul_is_stored_without_it(post: Post) -> None:
    post({**BODY, "text": "a\x00b"})
    receiving.apply_events()

    assert InboundEvent.objects.get().applied_at is not None


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The database goes away; call the result to bring it back."""
    real = receiving.store_events

    def gone(*_: Any) -> int:
        raise OperationalError("gone")

    monkeypatch.setattr(receiving, "store_events", gone)
    # the test's own transaction must outlive the outage
    monkeypatch.setattr(connection, "close", lambda: None)
    return lambda: monkeypatch.setattr(receiving, "store_events", real)


def test_without_a_database_the_request_is_spooled_and_replayed(
    post: Post, outage: Callable[[], None], folder: Path
) -> None:
    assert post()[0] == 200
    assert len(list(folder.glob("*.request"))) == 1
    outage()

    left = spool.replay()

    assert left == 0
    assert InboundEvent.objects.get().body["text"] == "hello"
    assert not list(folder.iterdir())


def test_replaying_twice_stores_once(post: Post, outage: Callable[[], None], folder: Path) -> None:
    post()
    outage()
    copy = next(folder.glob("*.request")).read_bytes()
    spool.replay()
    (folder / "1-again.request").write_bytes(copy)

    spool.replay()

    assert InboundEvent.objects.count() == 1


def test_what_is_not_signed_is_not_worth_the_disk(post: Post, outage: Callable[[], None], folder: Path) -> None:
    connections.connection(ProviderAccount.objects.get().pk)

    assert post(signature="guess")[0] == 403
    assert not list(folder.iterdir())


def test_providers_that_come_again_are_asked_to(
    post: Post, outage: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SPOOLED_PROVIDERS", [])

    assert post()[0] == 503


def test_disk_that_does_not_take_it_is_said_honestly(
    post: Post, outage: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SPOOL_DIRECTORY", "/proc/nowhere")

    assert post()[0] == 503


def test_catching_up_stores_only_what_is_new(
    memory: doubles.MemoryProvider, account: ProviderAccount, channel: Channel, organization: Organization, post: Post
) -> None:
    from parley.conversations.worker import housekeeping

    post()
    known = doubles.event(id=1, address="+16175550101", text="hello")
    missed = doubles.event(id=2, address="+16175550101", text="missed")
    memory.missed = [type(known)(key=InboundEvent.objects.get().key, kind="message", lane="x", body=known.body), missed]

    new = housekeeping._store(account.pk, memory.missed, account.created_at)

    assert new == 1
    assert actions.apply_events() == 2
