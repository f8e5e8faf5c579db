"""Fixtures that every test of texting may use; `scenes` makes what is special."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_scopes import scopes_disabled

from parley.conversations import connections, registry
from parley.conversations.actions import receiving, sending
from parley.texting.queries import limits, open_hours
from tests.conversations import doubles
from tests.texting import scenes


@pytest.fixture
def memory() -> Iterator[doubles.MemoryProvider]:
    provider = doubles.MemoryProvider()
    registry.register_provider(provider)
    connections.forget()
    yield provider
    connections.forget()


@pytest.fixture
def scene(db: None, memory: doubles.MemoryProvider) -> Iterator[scenes.Scene]:
    """A started campaign with one texter, sending through memory; queries need no scope."""
    open_hours.forget()
    limits.forget()
    open_hours.campaign_of.cache_clear()
    with scopes_disabled():
        yield scenes.scene()
    open_hours.forget()
    limits.forget()
    open_hours.campaign_of.cache_clear()


@pytest.fixture
def reply(scene: scenes.Scene) -> Callable[..., None]:
    """Somebody writes back."""
    numbers = iter(range(1, 10_000))

    def say(contact: Any, text: str, **fields: Any) -> None:
        receiving.store_events(
            scene.channel.account_id,
            [doubles.event(id=f"in{next(numbers)}", address=contact.cell, text=text, **fields)],
        )
        receiving.apply_events()

    return say


@pytest.fixture
def deliver() -> Callable[[], list[str]]:
    """Send everything that is due; returns the texts in the order of their leaving."""
    import uuid

    def run() -> list[str]:
        gone: list[str] = []
        while claimed := sending.claim(uuid.uuid4(), 100):
            sending.finish([(c.dispatch, doubles.sent(c.dispatch)) for c in claimed])
            gone += [c.dispatch.text for c in claimed]
        return gone

    return run
