"""Who may open what: each page's row says it, and one walk tries every row with every kind of visitor.

An app adds a module `tests/<app>/test_matrix.py` with its rows:

    ROWS = [matrix.Row(name="texting:campaigns", opens_to=Role.SUPERVOLUNTEER), …]

    @pytest.fixture
    def visitors(db): return matrix.make_visitors()

    @pytest.mark.parametrize("row", ROWS, ids=str)
    def test_a_page_opens_to_the_right_people(row, visitors): matrix.walk(row, visitors)

    def test_every_page_has_its_row(): matrix.assert_complete(ROWS, names=lambda name: name.startswith("texting:"))
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from parley.accounts import actions
from parley.accounts.models import GrantKind, Organization, Role, User


class Opens(enum.Enum):
    """To whom a page opens that has nothing to do with a role."""

    EVERYBODY = "everybody"
    SIGNED_IN = "everybody who is signed in"
    SUPERADMINS = "superadmins"
    STAFF = "staff"


@dataclasses.dataclass(frozen=True)
class Visitors:
    """An organization, somebody of every role in it, and those around it; `extra` is for an app's own rows."""

    organization: Organization
    other: Organization
    members: Mapping[Role, User]
    outsider: User
    suspended_everywhere: User
    superadmin: User
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)

    def all(self) -> Iterator[tuple[str, User | None]]:
        """Every kind of visitor: a name for messages, and the person (None: anonymous)."""
        yield "anonymous", None
        for role, user in self.members.items():
            yield role.name, user
        yield "OUTSIDER", self.outsider
        yield "SUSPENDED EVERYWHERE", self.suspended_everywhere
        yield "SUPERADMIN", self.superadmin


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One address and to whom it opens. `arguments` and `data` may be made from the visitors."""

    name: str
    opens_to: Role | GrantKind | Opens
    method: str = "get"
    arguments: Callable[[Visitors], dict[str, Any]] | None = None
    data: Callable[[Visitors], dict[str, Any]] | dict[str, Any] | None = None
    #: answers of an open page, when it is more than shown or redirected: 422 for a form left empty, 409 …
    answers: Sequence[int] = (200, 302)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    def address(self, visitors: Visitors) -> str:
        """The page's address in the visitors' organization."""
        wanted = self.arguments(visitors) if self.arguments else {}
        if isinstance(self.opens_to, (Role, GrantKind)):
            wanted = {"organization": visitors.organization.slug, **wanted}
        return reverse(self.name, kwargs=wanted)


def make_visitors() -> Visitors:
    """The visitors of a walk; each member has the role that it is listed under and no grant."""
    organization = actions.create_organization(name="Matrix")
    other = actions.create_organization(name="Elsewhere")
    members: dict[Role, User] = {}
    for role in Role:
        members[role] = _person(role.name)
        actions.add_member(organization, members[role], role=role)
    outsider = _person("outsider")
    actions.add_member(other, outsider, role=Role.OWNER)
    superadmin = actions.create_user(email="super@matrix.example", first_name="Super", superadmin=True)
    suspended = _person("closed")
    actions.add_member(organization, suspended, role=Role.OWNER)
    actions.suspend_user(superadmin, suspended)
    return Visitors(organization, other, members, outsider, suspended, superadmin)


def walk(row: Row, visitors: Visitors) -> None:
    """Try the row's address as everybody; each try is undone. Fails with all wrong answers at once."""
    wrong: list[str] = []
    for name, user in visitors.all():
        with transaction.atomic():
            answer = _ask(row, visitors, user)
            transaction.set_rollback(True)
        verdict, wanted = _verdict(row, answer), _wanted(row, visitors, user)
        if verdict != wanted:
            wrong.append(f"{name}: {verdict} ({answer.status_code}), should be {wanted}")
    assert not wrong, f"{row}\n" + "\n".join(wrong)


def assert_complete(rows: Iterable[Row], *, names: Callable[[str], bool]) -> None:
    """Every address of the project whose name `names` picks has a row, and every row an address."""
    listed = {row.name for row in rows}
    known = {name for name in every_name() if names(name)}
    assert known - listed == set(), "without a row"
    assert listed - known == set(), "rows without an address"


def every_name() -> set[str]:
    """The name of every address, with its namespaces; an address without one by its pattern."""
    return set(_names(get_resolver(), ""))


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _names(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{namespace}{entry.name}"


def _person(name: str) -> User:
    return actions.create_user(email=f"{name.lower()}@matrix.example", first_name=name.title())


def _ask(row: Row, visitors: Visitors, user: User | None) -> HttpResponse:
    client = Client()
    if user is not None and not user.is_suspended:
        client.force_login(user)
    data = row.data(visitors) if callable(row.data) else row.data
    answer: HttpResponse = getattr(client, row.method)(row.address(visitors), data)
    return answer


def _verdict(row: Row, answer: HttpResponse) -> str:
    if answer.status_code == 302 and answer.headers["Location"].startswith(reverse("account_login")):
        return "sign in first"
    if answer.status_code in {401, 403, 404}:
        return {401: "sign in first", 403: "forbidden", 404: "not found"}[answer.status_code]
    return "open" if answer.status_code in row.answers else f"odd answer {answer.status_code}"


def _wanted(row: Row, visitors: Visitors, user: User | None) -> str:
    if row.opens_to is Opens.EVERYBODY:
        return "open"
    if user is None or user.is_suspended:
        return "sign in first"
    if user.is_superadmin or row.opens_to is Opens.SIGNED_IN:
        return "open"
    if isinstance(row.opens_to, Opens):
        return "forbidden"
    role = next((role for role, member in visitors.members.items() if member == user), None)
    if role is None:
        return "not found"
    needed = row.opens_to if isinstance(row.opens_to, Role) else None
    return "open" if needed is not None and role >= needed else "forbidden"
