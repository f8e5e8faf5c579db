"""The reading side of an upload: rows are judged, counted and handed to the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parley.conversations import tasks
from parley.conversations.models import BackgroundTask
from parley.texting import hours, phones
from parley.texting.actions.uploads import storing
from parley.texting.contact_loaders import base
from parley.texting.csv_reading import Layout, Slice, columns
from parley.texting.models import Campaign, HoursGroup, TextingSettings

#: rows named in a message before "and N more"
NAMED: Final = 9

#: as long as the columns of Contact
_LENGTHS: Final = {"first_name": 100, "last_name": 100, "external_id": 100}


class Upload:
    """One run of a load; counts as it goes."""

    def __init__(
        self, *, campaign: Campaign, task: BackgroundTask, progress: tasks.Progress, own: psycopg.Connection[Any]
    ) -> None:
        self.campaign = campaign
        self.task = task
        self.progress = progress
        self.own = own
        self.limit = _most_contacts(campaign)
        self.rows = self.valid = self.missing = self.invalid = self.zips = 0
        self.invalid_rows: list[int] = []
        self.missing_rows: list[int] = []
        self.bad_states: list[int] = []
        self.groups = Groups()
        self.notes: list[str] = []

    def run(self, loading: base.Loading) -> dict[str, Any]:
        self.notes.extend(loading.notes)
        layout: Layout | None = None
        with storing.Storing(self.own, campaign=self.campaign) as rows:
            for part in loading.slices:
                if layout is None:
                    layout = part.layout
                    rows.begin(list(layout.custom))
                rows.put(*self._prepare(part))
                self._within_limit(rows.inserted)
                self.progress.set(self.rows, max(loading.expected, self.rows), _("Reading the list"))
            assert layout is not None
            self._refuse_bad_states(layout)
            self.progress.set(self.rows, self.rows, _("Putting the list in place"))
            rows.finish()
            self._within_limit(rows.inserted)
            self.progress.check()
            result = self._result(layout, rows)
            rows.switch(result=result, custom_fields=list(layout.custom), file_name=self.task.arguments["file_name"])
        return result

    def _prepare(self, part: Slice) -> tuple[bytes, int]:
        """The slice's valid rows as COPY input, and how many they are."""
        self.rows += len(part.numbers)
        cells = part.column("cell")
        numbers = phones.normalise_column(
            cells, settings.PHONE_NUMBER_COUNTRY, allow_fictional=settings.ALLOW_FICTIONAL_NUMBERS
        )
        zips = [_zip(value) for value in part.column("zip")]
        states = self._states(part)
        self._check_lengths(part)
        keep = [number is not None for number in numbers]
        if not all(keep):
            self._count_dropped(part.numbers, cells, keep)
        self.valid += sum(keep)
        self.zips += sum(1 for value, kept in zip(zips, keep, strict=True) if value and kept)
        groups = self.groups.of(zips, states, numbers)
        fields = [
            part.numbers,
            numbers,
            part.column("first_name"),
            part.column("last_name"),
            part.column("external_id"),
            zips,
            states,
            groups,
            *(part.columns[at] for at in part.layout.custom.values()),
        ]
        text = io.StringIO()
        lines = zip(*fields, strict=True)
        write = csv.writer(text, lineterminator="\n")
        if all(keep):
            write.writerows(lines)
        else:
            write.writerows(line for line, kept in zip(lines, keep, strict=True) if kept)
        return text.getvalue().encode(), sum(keep)

    def _states(self, part: Slice) -> list[str]:
        """Two letters each. An unknown one in a column of codes stops the upload; elsewhere it counts as none."""
        given = part.column("state")
        known = {value: columns.state_code(value) for value in set(given)}
        strict = "code" in columns.plain(part.layout.spelled.get("state", ""))
        if strict and any(code is None and value for value, code in known.items()):
            self.bad_states.extend(
                number for number, value in zip(part.numbers, given, strict=True) if value and known[value] is None
            )
        return [known[value] or "" for value in given]

    def _count_dropped(self, numbers: Sequence[int], cells: Sequence[str], keep: Sequence[bool]) -> None:
        for number, cell, kept in zip(numbers, cells, keep, strict=True):
            if kept:
                continue
            if cell:
                self.invalid += 1
                if len(self.invalid_rows) < 10:
                    self.invalid_rows.append(number)
            else:
                self.missing += 1
                if len(self.missing_rows) < 10:
                    self.missing_rows.append(number)

    def _check_lengths(self, part: Slice) -> None:
        for name, limit in _LENGTHS.items():
            values = part.column(name)
            if values and max(map(len, values)) > limit:
                row = next(number for number, value in zip(part.numbers, values, strict=True) if len(value) > limit)
                raise base.LoaderProblem(
                    _("Row %(row)s: “%(column)s” has more than %(limit)s characters.")
                    % {"row": row, "column": part.layout.spelled[name], "limit": limit},
                    row=row,
                    column=part.layout.spelled[name],
                )

    def _refuse_bad_states(self, layout: Layout) -> None:
        if not self.bad_states:
            return
        named = ", ".join(map(str, self.bad_states[:NAMED]))
        more = len(self.bad_states) - NAMED
        rest = ngettext(" and %(count)s more", " and %(count)s more", more) % {"count": more} if more > 0 else ""
        raise base.LoaderProblem(
            _("Column “%(column)s” must hold a state's two letters. It does not in rows %(rows)s.")
            % {"column": layout.spelled["state"], "rows": named + rest},
            rows=self.bad_states[:NAMED],
        )

    def _within_limit(self, inserted: int) -> None:
        if self.limit is not None and inserted > self.limit:
            raise base.LoaderProblem(
                _("This list has more than %(limit)s contacts, which is the most that a campaign may have here."
                  " Split it into several campaigns.") % {"limit": formats.number_format(self.limit, force_grouping=True)},
                limit=self.limit,
            )  # fmt: skip

    def _result(self, layout: Layout, rows: storing.Storing) -> dict[str, Any]:
        if not rows.inserted:
            self.notes.append(_("No contact is left: this list cannot be texted."))
        ignored = layout.width - len(layout.known) - len(layout.custom)
        if ignored:
            self.notes.append(
                ngettext(
                    "%(count)s column without a name was left out.",
                    "%(count)s columns without a name were left out.",
                    ignored,
                )
                % {"count": ignored}
            )
        return {
            "task": self.task.pk,
            "message": ngettext("%(count)s contact is ready.", "%(count)s contacts are ready.", rows.inserted)
            % {"count": formats.number_format(rows.inserted, force_grouping=True)},
            "rows": self.rows,
            "contacts": rows.inserted,
            "valid": self.valid,
            "duplicates": self.valid - rows.inserted - rows.opted_out,
            "missing": self.missing,
            "missing_rows": self.missing_rows,
            "invalid": self.invalid,
            "invalid_rows": self.invalid_rows,
            "opted_out": rows.opted_out,
            "zips": self.zips,
            "columns": dict(layout.spelled),
            "custom": list(layout.custom),
            "notes": self.notes,
            "loaded_at": timezone.now().isoformat(),
        }


class Groups:
    """The hours group of every row, by its place; groups that nobody had before are made on the way."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], int] = {
            (zones, state): pk for pk, zones, state in HoursGroup.objects.values_list("pk", "zones", "state")
        }
        self._seen: dict[tuple[str, str, str], int] = {}

    def of(self, zips: Sequence[str], states: Sequence[str], numbers: Sequence[str | None]) -> list[int]:
        # Of a number only the part counts that says where it is from: +1 and the area code.
        places = list(zip(zips, states, [number[:5] if number else "" for number in numbers], strict=True))
        seen = self._seen
        for place, number in zip(places, numbers, strict=True):
            if place not in seen:
                if len(seen) > 200_000:
                    seen.clear()
                seen[place] = self._find(place[0], place[1], number or "")
        return [seen[place] for place in places]

    def _find(self, zip_code: str, state: str, number: str) -> int:
        if not number:
            return 0
        found = hours.group_for(zip_code, state, number)
        key = (",".join(found.zones), found.state or "")
        if key not in self._ids:
            group, _made = HoursGroup.objects.get_or_create(zones=key[0], state=key[1])
            self._ids[key] = group.pk
        return self._ids[key]


def _zip(value: str) -> str:
    """The five digits of a ZIP or ZIP+4, else nothing."""
    digits = value[:5]
    if len(digits) == 5 and digits.isascii() and digits.isdigit():
        rest = value[5:]
        if not rest or (len(rest) in {4, 5} and rest.lstrip("- ").isdigit()):
            return digits
    return ""


def _most_contacts(campaign: Campaign) -> int | None:
    own = (
        TextingSettings.objects.filter(organization=campaign.organization_id)
        .values_list("max_contacts", flat=True)
        .first()
    )
    return own or settings.MAX_CONTACTS
