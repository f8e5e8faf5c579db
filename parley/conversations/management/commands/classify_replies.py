"""manage.py classify_replies FILE.csv: what opt-out recognition says of each reply."""

import argparse
import csv
import pathlib
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from parley.conversations import opt_out_recognition


class Command(BaseCommand):
    """Prints id,label (stop, likely or no) as CSV for a CSV file with the columns id and text."""

    help = "Classify replies: read a CSV file with the columns id and text, print id,label (stop, likely or no) as CSV."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawTextHelpFormatter
        parser.add_argument(
            "file", type=pathlib.Path, help="UTF-8, with a header; columns other than id and text are ignored"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        labelled = list(_labelled(options["file"]))
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["id", "label"])
        writer.writerows(labelled)


def _labelled(file: pathlib.Path) -> Iterator[tuple[str, str]]:
    """The id and label of every row. Raises CommandError, naming the row or column, for a file that cannot be read."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = [name.strip().lower() for name in next(reader, [])]
            for column in ("id", "text"):
                if header.count(column) != 1:
                    found = "twice" if column in header else "missing"
                    raise CommandError(
                        f"{file}: the column {column!r} is {found}; the first line must name the columns id and text"
                    )
            id_column, text_column = header.index("id"), header.index("text")
            for row in reader:
                if not row:
                    continue
                if len(row) <= max(id_column, text_column):
                    raise CommandError(
                        f"{file}: line {reader.line_num} has {len(row)} fields, too few to hold id and text"
                    )
                yield row[id_column], str(opt_out_recognition.recognise(row[text_column]))
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{file}: not UTF-8 (byte {error.start + 1} of a block cannot be read); save it as UTF-8"
        ) from error
    except csv.Error as error:
        raise CommandError(f"{file}: not a CSV file ({error})") from error
