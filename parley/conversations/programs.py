"""The base of every program: answers each of the core's calls with nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from parley.conversations import contracts

if TYPE_CHECKING:
    from django.http import HttpResponse

    from parley.accounts.models import Membership


class BaseProgram:
    """Override what the program answers; see `contracts.Program` for what each call means."""

    name = ""

    def route(self, unclaimed: Sequence[contracts.Routing]) -> Mapping[int, str]:
        return {}

    def handle(self, applied: Sequence[contracts.Applied]) -> None: ...

    def handle_reports(self, reports: Sequence[contracts.ReportApplied]) -> None: ...

    def handle_opt_outs(self, opt_outs: Sequence[contracts.OptOutApplied]) -> None: ...

    def interact(self, interaction: contracts.Json) -> HttpResponse | None:
        return None

    def describe(self, conversation_ids: Sequence[int]) -> Mapping[int, contracts.Description]:
        return {}

    def finished(
        self, organization_id: int, *, since: dt.datetime, cursor: int, limit: int
    ) -> Sequence[contracts.Description]:
        return []

    def changed_since(self, conversation_ids: Sequence[int], when: dt.datetime) -> Sequence[int]:
        return []

    def give_feedback(self, conversation_id: int, *, author_id: int, text: str) -> None: ...

    def on_person(self, event: contracts.Json) -> None: ...

    def navigation(self, membership: Membership) -> Sequence[contracts.NavigationEntry]:
        return []
