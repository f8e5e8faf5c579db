"""`manage.py catch_up_inbound`: after an outage, fetch from the providers what was said meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from parley.conversations.worker import housekeeping


class Command(BaseCommand):
    help = "List the providers' messages since the last event and store those that are new."

    def handle(self, *args: Any, **options: Any) -> None:
        new = asyncio.run(housekeeping.catch_up())
        self.stdout.write(f"{new} new events")
