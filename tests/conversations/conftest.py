"""An organization with one account and one channel on the provider that lives in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from parley.accounts import actions as accounts
from parley.accounts.models import Organization, Role
from parley.conversations import actions, connections, registry
from parley.conversations.actions import receiving
from parley.conversations.models import Channel, ProviderAccount
from tests.conversations import doubles


@pytest.fixture
def memory() -> Iterator[doubles.MemoryProvider]:
    provider = doubles.MemoryProvider()
    registry.register_provider(provider)
    connections.forget()
    yield provider
    connections.forget()


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(name="Oak Street Neighbors", slug="oak", is_home=True)


@pytest.fixture
def account(memory: doubles.MemoryProvider, organization: Organization) -> ProviderAccount:
    return actions.connect_account(organization=organization, provider="memory", name="Memory", values={"token": "t"})


@pytest.fixture
def channel(account: ProviderAccount) -> Channel:
    return actions.add_channel(account, kind="messaging_service", address_kind="phone", address="MG1", name="Main")


@pytest.fixture
def receive(account: ProviderAccount) -> Callable[..., int]:
    """Store events as a webhook would, and apply all there are."""

    def take(*events: object) -> int:
        receiving.store_events(account.pk, list(events))  # type: ignore[arg-type]
        done = 0
        while applied := receiving.apply_events():
            done += applied
        return done

    return take


@pytest.fixture
def client_of(organization: Organization) -> Callable[[Role], Client]:
    """Somebody of that role, signed in."""

    def make(role: Role) -> Client:
        user = accounts.create_user(email=f"{role.name}@oak.example", first_name=role.name.title())
        accounts.add_member(organization, user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def staff(client_of: Callable[[Role], Client]) -> Client:
    return client_of(Role.SUPERVOLUNTEER)
