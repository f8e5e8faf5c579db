"""The wire protocols of this instance, registered with the core at start-up."""

from __future__ import annotations

from django.apps import AppConfig


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
