from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "parley.accounts"

    def ready(self) -> None:
        from parley.accounts import receivers  # noqa: F401
