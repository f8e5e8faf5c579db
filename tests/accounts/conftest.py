"""People, an organization, and quick passwords."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from parley.accounts import access, actions
from parley.accounts.models import Membership, Organization, Role, User

PASSWORD = "three quiet herons"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    cache.clear()


@dataclasses.dataclass(frozen=True)
class World:
    """One organization with somebody of every role, another organization, and the people around."""

    organization: Organization
    other: Organization
    members: dict[Role, User]
    outsider: User
    superadmin: User

    def acting(self, role: Role) -> Membership:
        """The membership that `access` gives the person of this role."""
        return access.access_organization(self.members[role], self.organization.slug)


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    def make(name: str, *, password: str | None = None, superadmin: bool = False) -> User:
        address = f"{name.lower()}@example.org"
        return actions.create_user(email=address, first_name=name, password=password, superadmin=superadmin)

    return make


@pytest.fixture
def world(person: Callable[..., User]) -> World:
    organization = actions.create_organization(name="Spring Walk")
    other = actions.create_organization(name="Autumn Run")
    members = {}
    for role in Role:
        members[role] = person(role.name.title().replace("_", ""))
        actions.add_member(organization, members[role], role=role)
    outsider = person("Outsider")
    actions.add_member(other, outsider, role=Role.OWNER)
    return World(organization, other, members, outsider, person("Super", superadmin=True))


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make
