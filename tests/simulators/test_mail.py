"""The mail catcher on the wire and on its page."""

from __future__ import annotations

import json
import pathlib
import smtplib
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from simulators.mail import SMTP
from tests.simulators import running


@pytest.fixture
def simulator() -> Iterator[running.Running]:
    started = running.simulators("--smtp-port", "0")
    yield started
    started.stop()


def letter(to: str = "ann@example.org", *, text: str = "Hello", html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Parley <parley@example.org>", to, "Grüße"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def hand_over(simulator: running.Running, *mails: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", simulator.app[SMTP].port, timeout=10) as smtp:
        for mail in mails:
            smtp.send_message(mail)


def fetch(simulator: running.Running, path: str) -> tuple[Any, str]:
    with urllib.request.urlopen(f"{simulator.url}/simulator/mail{path}", timeout=10) as answer:
        return answer.headers, answer.read().decode()


def test_a_mail_is_shown_with_its_links(simulator: running.Running) -> None:
    hand_over(simulator, letter(text="Go to https://parley.example/join/abc, or (http://x.example/?a=1&b=2)."))

    listed = json.loads(fetch(simulator, "/mails")[1])["mails"]
    mail = json.loads(fetch(simulator, f"/mails/{listed[0]['number']}")[1])
    assert (listed[0]["subject"], listed[0]["to"], listed[0]["read"]) == ("Grüße", "ann@example.org", False)
    assert mail["links"] == ["https://parley.example/join/abc", "http://x.example/?a=1&b=2"]
    assert json.loads(fetch(simulator, "/mails")[1])["mails"][0]["read"]


def test_the_html_of_a_mail_can_neither_run_nor_fetch_anything(simulator: running.Running) -> None:
    hand_over(simulator, letter(html="<script>alert(1)</script><a href='https://x.example'>x</a>"))

    headers, text = fetch(simulator, "/mails/1/html")

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "https://x.example" in text


def test_several_mails_on_one_connection_and_lines_with_dots(simulator: running.Running) -> None:
    hand_over(simulator, letter(text=".\n..\n.end"), letter("ben@example.org"))

    mails = json.loads(fetch(simulator, "/mails")[1])["mails"]
    assert [mail["to"] for mail in mails] == ["ben@example.org", "ann@example.org"]
    assert json.loads(fetch(simulator, "/mails/1")[1])["text"].splitlines() == [".", "..", ".end"]
    assert json.loads(fetch(simulator, "/state")[1])["connections"] == 1


def test_signing_in(simulator: running.Running) -> None:
    server = simulator.app[SMTP]
    server.user, server.password = "parley", "secret"

    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as smtp:
        with pytest.raises(smtplib.SMTPSenderRefused):
            smtp.send_message(letter())
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login("parley", "wrong")
        smtp.login("parley", "secret")
        smtp.send_message(letter())

    assert len(json.loads(fetch(simulator, "/mails")[1])["mails"]) == 1


@pytest.mark.parametrize("verb", ["VRFY x", "NONSENSE", "RCPT TO:<a@b.c>", "MAIL FROM:x", "DATA"])
def test_what_cannot_be_done_is_refused_and_the_connection_stays(verb: str, simulator: running.Running) -> None:
    with smtplib.SMTP("127.0.0.1", simulator.app[SMTP].port, timeout=10) as smtp:
        code, _ = smtp.docmd(verb)
        smtp.send_message(letter())

    assert 500 <= code < 600
    assert len(json.loads(fetch(simulator, "/mails")[1])["mails"]) == 1


def test_mails_are_kept_over_a_restart(tmp_path: pathlib.Path) -> None:
    first = running.simulators("--smtp-port", "0", "--data", str(tmp_path))
    hand_over(first, letter())
    first.stop()

    second = running.simulators("--smtp-port", "0", "--data", str(tmp_path))
    mails = json.loads(fetch(second, "/mails")[1])["mails"]
    second.stop()

    assert [mail["subject"] for mail in mails] == ["Grüße"]


def test_a_port_in_use_is_said_and_the_others_go_on(
    simulator: running.Running, capsys: pytest.CaptureFixture[str]
) -> None:
    other = running.simulators("--smtp-port", str(simulator.app[SMTP].port))
    text = fetch(other, "/")[1]
    other.stop()

    assert "--smtp-port" in capsys.readouterr().err
    assert "smtp://127.0.0.1:–" in text


def test_the_page_is_served_with_its_parts(simulator: running.Running) -> None:
    for path in ("/", "/static/mail.js", "/static/mail.css"):
        assert fetch(simulator, path)[1]
