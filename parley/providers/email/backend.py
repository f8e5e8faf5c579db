"""Django's mail goes through the outbox: it survives a mail server that is away, and a kill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.html import strip_tags

from parley.conversations import actions
from parley.providers.email import actions as mail_actions


class NotPossible(ValueError):
    """A mail that the outbox cannot carry."""


class OutboxBackend(BaseEmailBackend):
    """One message in the outbox for each recipient, written in the transaction of its cause."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many of the mails were written to the outbox for at least one recipient.

        Raises NotPossible for attachments, BadHeaderError for a line break in a header, NoHome where no
        organization exists yet; nothing then of that mail is written. `fail_silently` counts instead.
        """
        count = 0
        for message in email_messages:
            try:
                count += bool(self._queue(message))
            except (ValueError, mail_actions.NoHome):
                if not self.fail_silently:
                    raise
        return count

    def _queue(self, message: EmailMessage) -> int:
        recipients = message.recipients()
        if not recipients:
            return 0
        text, payload = _content(message)
        channel = mail_actions.ensure_mail_account()
        queued = [
            actions.queue_message(
                organization_id=channel.organization_id,
                channel=channel,
                program="mail",
                address=recipient,
                text=text,
                purpose="mail",
                payload=payload,
            )
            for recipient in dict.fromkeys(recipients)
        ]
        return sum(result.verdict == "queued" for result in queued)


def _content(message: EmailMessage) -> tuple[str, dict[str, Any]]:
    """Plain text, and all else that the mail consists of."""
    # builds the mail once: Django's own checks of headers and addresses
    message.message()
    if message.attachments:
        raise NotPossible("mails carry no attachments: put a link to the file into the text")
    text, html = str(message.body), ""
    if message.content_subtype == "html":
        text, html = strip_tags(text), text
    if isinstance(message, EmailMultiAlternatives):
        html = next((str(content) for content, mimetype in message.alternatives if mimetype == "text/html"), html)
    payload: dict[str, Any] = {"subject": str(message.subject), "from": str(message.from_email)}
    if html:
        payload["html"] = html
    if message.reply_to:
        payload["reply_to"] = [str(one) for one in message.reply_to]
    if message.extra_headers:
        payload["headers"] = {name: str(value) for name, value in message.extra_headers.items()}
    return text, payload
