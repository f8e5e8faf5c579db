"""What an account's provider says of itself: what is wrong with it, and what to tell the other side."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from django.utils.translation import gettext as _

from parley.conversations import connections, contracts, registry
from parley.conversations.models import ProviderAccount

log = logging.getLogger(__name__)

#: seconds that a person waits for a provider's answer
PATIENCE = 20.0

Answer = TypeVar("Answer")


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """An address of ours that is pasted into the provider's own pages."""

    label: str
    url: str
    #: where it goes there
    place: str = ""


@runtime_checkable
class NamesAddresses(Protocol):
    """A provider whose webhooks are set by hand."""

    def webhook_addresses(self, account: contracts.Account) -> Sequence[Address]: ...


@runtime_checkable
class ConnectsItself(Protocol):
    """A provider that can be told where to post."""

    async def connect_webhook(self, account: contracts.Account) -> None: ...


def addresses(account: ProviderAccount) -> Sequence[Address]:
    """What must be pasted at the provider; empty where nothing must. Raises credentials.Unreadable."""
    provider: object = _provider(account)
    if not isinstance(provider, NamesAddresses):
        return []
    return provider.webhook_addresses(connections.connection(account.pk).account)


def connects_itself(account: ProviderAccount) -> bool:
    """Whether `connect` has something to do."""
    return isinstance(_provider(account), ConnectsItself)


def problems(account: ProviderAccount) -> list[contracts.Problem]:
    """What is wrong with the account, in words; empty when all is well. Calls the provider, so never in a
    transaction; takes up to `PATIENCE` seconds. Raises credentials.Unreadable."""
    provider = _provider(account)
    opened = connections.connection(account.pk).account
    where = account.name
    if provider is None:
        return [
            contracts.Problem(
                where=where,
                message=_("This server knows no provider “%(name)s”.") % {"name": account.provider},
                remedy=_("Install what this account needs, or remove the account."),
            )
        ]
    try:
        return _ask(provider, lambda: provider.check_configuration(opened))
    except TimeoutError:
        return [
            contracts.Problem(
                where=where,
                message=_("There was no answer within %(seconds)d seconds.") % {"seconds": PATIENCE},
                remedy=_("Check the network, and try again."),
            )
        ]
    except Exception as error:
        # its kind alone: an exception's words may hold an address with the token in it
        log.error("Account %s could not be checked: %s", account.pk, type(error).__name__)
        return [
            contracts.Problem(
                where=where,
                message=_("The check itself failed (%(error)s).") % {"error": type(error).__name__},
                remedy=_("Try again; if it stays, the server's log says more."),
            )
        ]


def connect(account: ProviderAccount) -> bool:
    """Tell the provider where to post, where it can be told. False when that failed: `problems` says why.

    Calls the provider, so never in a transaction. Raises credentials.Unreadable."""
    provider: object = _provider(account)
    if not isinstance(provider, ConnectsItself):
        return True
    connecting, opened = provider, connections.connection(account.pk).account
    try:
        _ask(registry.provider(account.provider), lambda: connecting.connect_webhook(opened))
    except Exception as error:
        log.warning("Account %s could not be connected: %s", account.pk, type(error).__name__)
        return False
    return True


def _provider(account: ProviderAccount) -> contracts.Provider | None:
    try:
        return registry.provider(account.provider)
    except LookupError:
        return None


def _ask(provider: contracts.Provider, call: Callable[[], Awaitable[Answer]]) -> Answer:
    async def within() -> Answer:
        try:
            return await asyncio.wait_for(call(), PATIENCE)
        finally:
            await provider.close()

    return asyncio.run(within())
