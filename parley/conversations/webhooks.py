"""Webhooks: verify, insert one row, answer 200. Nothing else can fail here.

A WSGI application of its own beside Django's (`parley.wsgi` sends `/webhooks/…` here): no session, no
middleware, one statement. Without a database, providers that come again by themselves get a 503; Twilio's
requests are spooled on disk and replayed by this process.
"""

from __future__ import annotations

import http
import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from prometheus_client import Counter

from parley.conversations import connections, contracts, registry, spool
from parley.conversations.actions import receiving
from parley.web import announcer

log = logging.getLogger(__name__)

#: bytes; the largest webhook of any vendor is far below
LARGEST = 512 * 1024
PATH = re.compile(r"^/webhooks/([a-z]+)/(\d{1,18})/([a-z]+)/?$")
RECEIVED = Counter("parley_webhooks_total", "Webhooks by provider and outcome", ["provider", "outcome"])

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answers: 200 stored (or spooled), 400 not an event, 403 wrong signature, 404 no such account,
    405 not a POST, 413 too large, 503 come again."""
    status, content_type, body = answer(environ)
    start_response(
        f"{status} {http.HTTPStatus(status).phrase}",
        [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")],
    )
    return [body]


def answer(environ: dict[str, Any]) -> tuple[int, str, bytes]:  # noqa: PLR0911 (one return an answer)
    """Status, content type and body."""
    match = PATH.match(environ.get("PATH_INFO", ""))
    if not match:
        return _plain(404, "no such webhook")
    provider, account, kind = match.group(1), int(match.group(2)), match.group(3)
    if environ.get("REQUEST_METHOD") != "POST":
        return _plain(405, "POST only")
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return _plain(400, "Content-Length is not a number")
    if length > LARGEST:
        RECEIVED.labels(provider, "too_large").inc()
        return _plain(413, f"more than {LARGEST} bytes")
    body = environ["wsgi.input"].read(length) if length else b""
    request = spool.Spooled(
        provider=provider,
        account=account,
        kind=kind,
        query=environ.get("QUERY_STRING", ""),
        headers={key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")},
        content_type=environ.get("CONTENT_TYPE", ""),
        body=body,
    )
    try:
        result = take(request)
        spool.replay_soon()
        return result
    except (OperationalError, InterfaceError):
        connection.close()
    # The kept connection may have died with a restart that is over: once more on a new one.
    try:
        return take(request)
    except (OperationalError, InterfaceError):
        connection.close()
        return _without_database(request)


def take(request: spool.Spooled) -> tuple[int, str, bytes]:
    """Verify and store one request. Raises OperationalError while there is no database."""
    try:
        slice_ = registry.provider(request.provider)
        account = connections.connection(request.account).account
    except (LookupError, ObjectDoesNotExist):
        return _plain(404, "no such account")
    if account.provider != request.provider:
        return _plain(404, "no such account")
    raw = raw_webhook(request, account)
    try:
        events = slice_.parse_webhook(raw)
    except contracts.WrongSignature:
        RECEIVED.labels(request.provider, "wrong_signature").inc()
        log.warning("webhook with a wrong signature for %s account %s", request.provider, request.account)
        return _plain(403, "wrong signature")
    except contracts.Malformed as error:
        RECEIVED.labels(request.provider, "malformed").inc()
        return _plain(400, str(error))
    try:
        if receiving.store_events(request.account, events):
            announcer.announce("inbound")
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        log.error("webhook could not be stored: %s", type(error).__name__)
        RECEIVED.labels(request.provider, "refused").inc()
        return _plain(400, "not storable")
    RECEIVED.labels(request.provider, "stored").inc()
    content_type, reply = slice_.webhook_reply(raw)
    return 200, content_type, reply


def raw_webhook(request: spool.Spooled, account: contracts.Account) -> contracts.RawWebhook:
    query = f"?{request.query}" if request.query else ""
    return contracts.RawWebhook(
        account=account,
        kind=request.kind,
        # Signed is the address that we gave the provider, not the one that a proxy shows.
        url=f"{account.webhook_base}{request.kind}{query}",
        headers=request.headers,
        body=request.body,
        content_type=request.content_type,
    )


def _without_database(request: spool.Spooled) -> tuple[int, str, bytes]:
    if request.provider in settings.SPOOLED_PROVIDERS:
        kept = connections.kept(request.account)
        if kept:
            # The account is known: what is not the provider's is not worth the disk.
            try:
                registry.provider(request.provider).parse_webhook(raw_webhook(request, kept.account))
            except contracts.WrongSignature:
                return _plain(403, "wrong signature")
            except contracts.Malformed as error:
                return _plain(400, str(error))
        if spool.keep(request):
            RECEIVED.labels(request.provider, "spooled").inc()
            return 200, "text/xml", b"<Response/>"
    RECEIVED.labels(request.provider, "come_again").inc()
    return _plain(503, "no database; come again")


def _plain(status: int, text: str) -> tuple[int, str, bytes]:
    return status, "text/plain; charset=utf-8", text.encode()
