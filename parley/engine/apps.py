"""What keeps Parley running and visible: processes, database, settings, health, metrics, logs."""

from django.apps import AppConfig


class EngineConfig(AppConfig):
    name = "parley.engine"

    def ready(self) -> None:
        from parley.engine import checks  # noqa: F401  (registers the checks)
