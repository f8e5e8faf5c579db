"""The three ways through the web application."""

from __future__ import annotations

import io
from typing import Any

import pytest

from parley import wsgi

pytestmark = pytest.mark.django_db(transaction=True)  # the handler closes what it opened


def call(path: str, method: str = "GET", body: bytes = b"", **extra: str) -> tuple[int, dict[str, str], bytes]:
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **extra,
    }
    answer = wsgi.application(environ, lambda status, headers, _=None: told.append((status, headers)))
    content = b"".join(answer)
    status, headers = told[0]
    return int(status[:3]), dict(headers), content


def test_page_has_its_policy() -> None:
    status, headers, _ = call("/account/login/")

    assert status == 200
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_texter_s_call_is_refused_without_a_csrf_token() -> None:
    status, headers, _ = call("/texter/1/send", "POST", b"{}", CONTENT_TYPE="application/json")

    assert status == 403
    assert "Content-Security-Policy" not in headers


def test_texter_s_call_knows_who_is_signed_out() -> None:
    token = "a" * 32
    status, headers, content = call(
        "/texter/1/send",
        "POST",
        b"{}",
        CONTENT_TYPE="application/json",
        HTTP_COOKIE=f"csrftoken={token}",
        HTTP_X_CSRFTOKEN=token,
    )

    assert status == 401
    assert b"UNAUTHORIZED" in content
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Length"] == str(len(content))


def test_webhook_goes_past_django() -> None:
    assert call("/webhooks/unknown/1/message", "POST")[0] == 404
