"""Handing mails to an SMTP server: one connection a batch, in a thread, with the standard library.

smtplib and not an asynchronous client: mail is a trickle beside texts, a batch is one connection, and the
standard library needs no keeping.
"""

from __future__ import annotations

import dataclasses
import email.message
import email.policy
import email.utils
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from parley.conversations import contracts
from parley.providers.email import address, errors

#: seconds for each step of the conversation with the server
STEP_SECONDS = 20.0
#: seconds after which a batch begins no further mail, so that it ends well within the worker's lease
BATCH_SECONDS = 20.0
#: what only the machine that writes mail may set
OWN_HEADERS = {"from", "to", "cc", "bcc", "subject", "date", "message-id", "auto-submitted", "content-type"}


class NoEncryption(Exception):
    """The server offers no TLS, and without it no password is sent."""


class _Watched:
    """Knows whether a mail's text has begun to go out: from there on, no answer is not a no."""

    handing = False

    def data(self, msg: Any) -> Any:
        self.handing = True
        answer = super().data(msg)  # type: ignore[misc]
        self.handing = False
        return answer


class Plain(_Watched, smtplib.SMTP):
    pass


class Encrypted(_Watched, smtplib.SMTP_SSL):
    pass


Connection = Plain | Encrypted


def connect(server: address.Server) -> Connection:
    """A connection that is signed in. Raises OSError, ssl.SSLError, smtplib.SMTPException, NoEncryption."""
    context = ssl.create_default_context()
    if server.tls == "implicit":
        connection: Connection = Encrypted(server.host, server.port, timeout=STEP_SECONDS, context=context)
    else:
        connection = Plain(server.host, server.port, timeout=STEP_SECONDS)
    try:
        connection.ehlo_or_helo_if_needed()
        encrypted = server.tls == "implicit"
        if server.tls == "required" or (server.tls == "if_offered" and connection.has_extn("starttls")):
            connection.starttls(context=context)
            connection.ehlo()
            encrypted = True
        if server.user:
            if not encrypted and server.tls != "none":
                raise NoEncryption
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def message_id(dispatch: contracts.Dispatch) -> str:
    """Ours, the same at every try, so that a mail that came twice is known as one."""
    domain = ascii_address(sender(dispatch)).rpartition("@")[2] or "localhost"
    return f"<parley.{dispatch.message_id}@{domain}>"[:120]


def sender(dispatch: contracts.Dispatch) -> str:
    """The bare address in From."""
    return email.utils.parseaddr(dispatch.payload.get("from") or dispatch.channel_address)[1]


def ascii_address(text: str) -> str:
    """An address with its domain as the wire wants it. Raises UnicodeError for an impossible domain."""
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.encode('idna').decode('ascii')}" if not domain.isascii() else text


def compose(dispatch: contracts.Dispatch) -> email.message.EmailMessage:
    """The mail. Raises ValueError for what no header can hold (a line break in the subject)."""
    payload = dispatch.payload
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"] = payload.get("from") or dispatch.channel_address
    mail["To"] = dispatch.address
    mail["Subject"] = str(payload.get("subject", ""))
    mail["Date"] = email.utils.localtime()
    mail["Message-ID"] = message_id(dispatch)
    # RFC 3834: nobody's holiday notice answers a machine
    mail["Auto-Submitted"] = "auto-generated"
    if payload.get("reply_to"):
        mail["Reply-To"] = ", ".join(payload["reply_to"])
    for name, value in payload.get("headers", {}).items():
        if name.lower() not in OWN_HEADERS:
            mail[name] = str(value)
    mail.set_content(dispatch.text)
    if payload.get("html"):
        mail.add_alternative(payload["html"], subtype="html")
    return mail


class Delivery:
    """The mails of one account in one batch; runs in a thread and reports each outcome as it is known."""

    def __init__(self, server: address.Server, report: Callable[[contracts.Outcome], None]) -> None:
        self.server = server
        self.report = report
        self.connection: Connection | None = None
        #: set when nobody waits for outcomes any more
        self.ended = threading.Event()

    def run(self, batch: Sequence[contracts.Dispatch]) -> None:
        """Hand over all mails. Never raises."""
        started = time.monotonic()
        try:
            for number, dispatch in enumerate(batch):
                if self.ended.is_set():
                    return
                if number and time.monotonic() - started > BATCH_SECONDS:
                    self._put_off(batch[number:])
                    return
                try:
                    outcome = self._one(dispatch)
                except Exception as error:
                    # whoever waits for this outcome must get one
                    outcome = contracts.Outcome(
                        outbox_id=dispatch.outbox_id,
                        message_id=dispatch.message_id,
                        result=contracts.Result.UNANSWERED,
                        error_code="no_answer",
                        error_text=type(error).__name__,
                    )
                self.report(outcome)
                if outcome.result == contracts.Result.STOP_CHANNEL or outcome.holds == "account":
                    # what hit this one would hit all the others
                    for other in batch[number + 1 :]:
                        self.report(
                            dataclasses.replace(outcome, outbox_id=other.outbox_id, message_id=other.message_id)
                        )
                    return
        finally:
            self._close()

    def _put_off(self, batch: Sequence[contracts.Dispatch]) -> None:
        """The server is slow: these come with the next batch."""
        for dispatch in batch:
            self.report(
                contracts.Outcome(
                    outbox_id=dispatch.outbox_id,
                    message_id=dispatch.message_id,
                    result=contracts.Result.LATER,
                    error_code="next_batch",
                    retry_after=0.0,
                    holds="channel",
                )
            )

    def _one(self, dispatch: contracts.Dispatch) -> contracts.Outcome:
        blank = contracts.Outcome(
            outbox_id=dispatch.outbox_id, message_id=dispatch.message_id, result=contracts.Result.FAILED
        )
        if dispatch.operation != "send":
            return dataclasses.replace(blank, error_code="cannot_change_mail")
        try:
            to, from_ = ascii_address(dispatch.address), ascii_address(sender(dispatch))
            if not (to.isascii() and from_.isascii()):
                return dataclasses.replace(blank, error_code="address_not_supported")
            content = compose(dispatch).as_bytes()
        except (ValueError, UnicodeError, IndexError, TypeError) as error:
            return dataclasses.replace(blank, error_code="unsendable", error_text=type(error).__name__)
        try:
            connection = self._connected()
        except Exception as error:
            return self._refused(blank, dispatch, "session", error)
        try:
            connection.handing = False
            connection.sendmail(from_, [to], content)
        except Exception as error:
            outcome = self._refused(blank, dispatch, _stage(error), error)
            if isinstance(error, smtplib.SMTPServerDisconnected | OSError):
                self._close()
            return outcome
        return dataclasses.replace(blank, result=contracts.Result.SENT, provider_id=message_id(dispatch))

    def _connected(self) -> Connection:
        if self.connection is None:
            self.connection = connect(self.server)
        return self.connection

    def _close(self) -> None:
        if self.connection is not None:
            connection, self.connection = self.connection, None
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _refused(
        self, blank: contracts.Outcome, dispatch: contracts.Dispatch, stage: str, error: Exception
    ) -> contracts.Outcome:
        if isinstance(error, NoEncryption):
            return dataclasses.replace(
                blank,
                result=contracts.Result.STOP_CHANNEL,
                error_code="no_encryption",
                error_text="The server offers no TLS, and without it no password is sent.",
            )
        if isinstance(error, smtplib.SMTPNotSupportedError | UnicodeError):
            # signing in or encrypting, which we were told to do, is not offered; or the password is not
            # ASCII, which smtplib cannot send
            return dataclasses.replace(
                blank,
                result=contracts.Result.STOP_CHANNEL,
                error_code="not_supported",
                error_text=type(error).__name__,
            )
        if isinstance(error, ssl.SSLError):
            return dataclasses.replace(
                blank, result=contracts.Result.STOP_CHANNEL, error_code="tls_failed", error_text=str(error.reason)
            )
        reply = _reply(error)
        if reply is not None:
            return self._meant(blank, dispatch, stage, *reply)
        if self.connection is not None and self.connection.handing:
            # the text was on its way: the mail may have been taken
            return dataclasses.replace(blank, result=contracts.Result.UNANSWERED, error_code="no_answer")
        return dataclasses.replace(
            blank,
            result=contracts.Result.LATER,
            error_code="no_connection",
            error_text=type(error).__name__,
            retry_after=errors.SERVER_PAUSE,
            holds="account",
        )

    @staticmethod
    def _meant(
        blank: contracts.Outcome, dispatch: contracts.Dispatch, stage: str, code: int, text: str
    ) -> contracts.Outcome:
        row = errors.meaning(stage, code, text)
        retry_after = None
        if row.result == contracts.Result.LATER:
            retry_after = errors.SERVER_PAUSE if row.holds == "account" else errors.pause(dispatch.attempts)
        return dataclasses.replace(
            blank,
            result=row.result,
            error_code=row.name,
            error_text=errors.without_addresses(f"{code} {text}"),
            retry_after=retry_after,
            holds=row.holds,
            unreachable=row.unreachable,
        )


def _stage(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPSenderRefused):
        return "sender"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "recipient"
    return "data"


def _reply(error: Exception) -> tuple[int, str] | None:
    """The server's reply, where the error is one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # one mail has one recipient
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, given = error.smtp_code, error.smtp_error
        text = given if isinstance(given, bytes) else str(given).encode()
    else:
        return None
    return (code, text.decode("utf-8", "replace")) if code >= 400 else None
