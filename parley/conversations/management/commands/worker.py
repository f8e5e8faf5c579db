"""`manage.py worker`: everything that happens outside of requests."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from parley.conversations.worker import process


class Command(BaseCommand):
    help = "Send what is in the outbox, apply what came in, do background work, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=200, help="provider calls at once")
        parser.add_argument("--no-jobs", action="store_true", help="leave background work to other workers")

    def handle(self, *args: Any, **options: Any) -> None:
        process.run(concurrency=options["concurrency"], jobs=not options["no_jobs"])
