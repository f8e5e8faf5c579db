"""`manage.py make_contacts 1000`: a list of people who do not exist, as CSV."""

from __future__ import annotations

import csv
import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parley.texting import fictional_contacts


class Command(BaseCommand):
    help = "Writes a CSV file of fictional contacts, always the same ones for the same number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int, help="how many contacts")
        parser.add_argument("--output", type=Path, help="the file to write; standard output if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        count: int = options["count"]
        output: Path | None = options["output"]
        if count < 0:
            raise CommandError("The number of contacts cannot be negative.")
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(fictional_contacts.COLUMNS)
        try:
            writer.writerows(fictional_contacts.rows(count))
        except ValueError as error:
            raise CommandError(f"There are not so many fictional numbers: {error}.") from error
        if output is None:
            self.stdout.write(text.getvalue(), ending="")
            return
        try:
            output.write_text(text.getvalue(), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{count} contacts in {output}")
