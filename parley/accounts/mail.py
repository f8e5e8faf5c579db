"""The mails that accounts send, through Django's mail interface and so through the outbox."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from parley.accounts import addresses
from parley.accounts.models import Invitation


def send_invitation(invitation: Invitation) -> None:
    """The link of an invitation, to its address, in the language of the one who invites."""
    language = invitation.invited_by.language if invitation.invited_by else ""
    send(
        "accounts/mail/invitation",
        to=invitation.email,
        language=language,
        context={
            "organization": invitation.organization,
            "invited_by": invitation.invited_by,
            "role": invitation.get_role_display(),
            "link": addresses.join_link(invitation.token),
            "expires_at": invitation.expires_at,
        },
    )


def send(template: str, *, to: str, language: str = "", context: dict[str, object]) -> None:
    """Render `<template>_subject.txt` and `<template>_message.txt` and hand the mail over.

    Called inside the transaction of its cause: the outbox keeps the mail exactly if the cause is kept.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context)
    EmailMultiAlternatives(subject, body, settings.DEFAULT_FROM_EMAIL, [to]).send()
