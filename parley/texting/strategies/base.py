"""What a strategy is: it says how many contacts a texter may have now, and why none."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclasses.dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: read, under the assignment's lock, by the first statement of a claim."""

    organization_id: int
    campaign_id: int
    assignment_id: int
    texter_id: int
    #: `accounts.models.Role` as a number
    role: int
    #: the campaign gives out first texts now
    initials: bool
    dynamic: bool
    batch_size: int
    max_contacts: int | None
    strategies: Sequence[str]
    #: contacts in the assignment, counted up to the cap only
    held: int
    #: not yet texted, counted up to the batch size
    unsent: int
    #: replies inside texting hours that wait for an answer, counted up to 200
    unanswered: int
    #: the assignment has had contacts before
    has_history: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Allowance:
    """How many contacts now; with 0 comes the reason, in words for the texter."""

    count: int
    reason: Promise | str = ""


class Strategy:
    """The base-line that every strategy needs. `name` equals its module's name."""

    name = ""

    def display_name(self) -> Promise | str:
        return self.name

    def request_new_batch_count(self, asker: Asker) -> Allowance:
        """The base-line: dynamic assignment on, first texts given out, a batch size and a cap above 0."""
        if not asker.dynamic:
            return Allowance(0, _("Contacts are given out by the organizers in this campaign."))
        if not asker.initials:
            return Allowance(0, _("This campaign gives out no more first texts."))
        if asker.max_contacts == 0:
            return Allowance(0, _("The organizers have set you to receive no more contacts here."))
        if not asker.batch_size:
            return Allowance(0, _("The organizers have not set how many contacts go out at a time."))
        return Allowance(asker.batch_size)
