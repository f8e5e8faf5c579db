"""Mail as the core knows it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import smtplib
import ssl
from collections.abc import AsyncIterator, Sequence

from django.utils.translation import gettext as _

from parley.conversations import contracts
from parley.providers.email import address, errors, smtp


class Email:
    """`contracts.Provider` for mail over SMTP.

    Account: `credentials = {host, port, user, password, tls}` as `address.Server.credentials` gives them.
    A message's `payload`: `subject`, `from`, `reply_to` (list), `headers`, `html`; its text is the plain part.
    """

    name = "email"
    address_kind = "email"
    # SMTP has no question about a mail that was handed over
    can_look_up = False

    async def send(self, batch: Sequence[contracts.Dispatch]) -> AsyncIterator[contracts.Outcome]:
        """Hand over the mails, one connection an account; yield outcomes as they come."""
        loop = asyncio.get_running_loop()
        outcomes: asyncio.Queue[contracts.Outcome] = asyncio.Queue()

        def report(outcome: contracts.Outcome) -> None:
            # a loop that has ended waits for nothing
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(outcomes.put_nowait, outcome)

        deliveries, waiting = [], 0
        for account, mails in _by_account(batch):
            server = address.server(account.credentials)
            waiting += len(mails)
            if server is None:
                for mail in mails:
                    outcomes.put_nowait(_unconfigured(mail))
                continue
            delivery = smtp.Delivery(server, report)
            deliveries.append((delivery, loop.run_in_executor(None, delivery.run, mails)))
        try:
            for _number in range(waiting):
                yield await outcomes.get()
            for _delivery, thread in deliveries:
                await thread
        finally:
            for delivery, _thread in deliveries:
                delivery.ended.set()

    async def look_up(self, dispatch: contracts.Dispatch) -> contracts.Outcome | None:
        """SMTP cannot be asked."""
        return None

    def parse_webhook(self, request: contracts.RawWebhook) -> list[contracts.NewEvent]:
        """Nobody posts mail to us."""
        raise contracts.WrongSignature

    def read(self, *, event_id: int, kind: str, body: contracts.Json) -> contracts.Reading:
        """There are no events of mail."""
        return contracts.Ignored(event_id=event_id, why="mail brings no events")

    def webhook_reply(self, request: contracts.RawWebhook) -> tuple[str, bytes]:
        """Nothing."""
        return "text/plain", b""

    async def catch_up(self, account: contracts.Account, since: dt.datetime) -> list[contracts.NewEvent]:
        """Mail is one way."""
        return []

    async def check_configuration(self, account: contracts.Account) -> list[contracts.Problem]:
        """Connect and sign in."""
        server = address.server(account.credentials)
        if server is None:
            return [
                contracts.Problem(
                    where=_("Mail"),
                    message=_("There is no mail server: mails wait in the outbox."),
                    remedy=_("Set EMAIL_URL=smtp://user:password@host:port."),
                )
            ]
        where = _("Mail server %(host)s:%(port)s") % {"host": server.host, "port": server.port}
        try:
            await asyncio.get_running_loop().run_in_executor(None, _try, server)
        except smtplib.SMTPAuthenticationError:
            return [
                contracts.Problem(
                    where=where,
                    message=_("The server does not accept user and password."),
                    remedy=_("Correct them in EMAIL_URL."),
                )
            ]
        except smtp.NoEncryption:
            return [
                contracts.Problem(
                    where=where,
                    message=_("The server offers no encryption, and without it no password is sent."),
                    remedy=_("Use smtps://, or add ?tls=none to EMAIL_URL if the way there is safe."),
                )
            ]
        except ssl.SSLError as error:
            return [
                contracts.Problem(
                    where=where,
                    message=_("The encrypted connection fails: %(error)s.") % {"error": error.reason},
                    remedy=_("Check the server's name and its certificate."),
                )
            ]
        except (OSError, smtplib.SMTPException) as error:
            return [
                contracts.Problem(
                    where=where,
                    message=_("The server cannot be reached: %(error)s.")
                    % {"error": errors.without_addresses(str(error))},
                    remedy=_("Check host and port in EMAIL_URL."),
                )
            ]
        return []

    async def close(self) -> None:
        """No connection outlives its batch."""


def _by_account(
    batch: Sequence[contracts.Dispatch],
) -> list[tuple[contracts.Account, list[contracts.Dispatch]]]:
    mails: dict[int, list[contracts.Dispatch]] = {}
    for dispatch in batch:
        mails.setdefault(dispatch.account.id, []).append(dispatch)
    return [(own[0].account, own) for own in mails.values()]


def _unconfigured(dispatch: contracts.Dispatch) -> contracts.Outcome:
    """The mail stays in the outbox until there is a server."""
    return contracts.Outcome(
        outbox_id=dispatch.outbox_id,
        message_id=dispatch.message_id,
        result=contracts.Result.STOP_CHANNEL,
        error_code="no_mail_server",
        error_text="There is no mail server: set EMAIL_URL.",
    )


def _try(server: address.Server) -> None:
    connection = smtp.connect(server)
    try:
        connection.noop()
    finally:
        connection.close()
