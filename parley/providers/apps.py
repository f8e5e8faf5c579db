"""The wire protocols of this instance, registered with the core at start-up."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProvidersConfig(AppConfig):
    name = "parley.providers"

    def ready(self) -> None:
        """Register every provider. Their SDKs are imported when they are first used, not here."""
        from django.core import checks

        from parley.conversations import registry
        from parley.providers.email import checks as email_checks
        from parley.providers.email import provider as email
        from parley.providers.telegram import provider as telegram
        from parley.providers.twilio import provider as twilio

        registry.register_provider(twilio.Twilio())
        registry.register_provider(telegram.Telegram())
        registry.register_provider(email.Email())
        checks.register(email_checks.mail_server)
        post_migrate.connect(_refresh_mail_account, sender=self)


def _refresh_mail_account(**kwargs: Any) -> None:
    from django.db import ProgrammingError, transaction

    from parley.providers.email import actions

    try:
        with transaction.atomic():
            actions.refresh_mail_account()
    except ProgrammingError:
        # the tables are not there: migrated back, or only in part
        return
