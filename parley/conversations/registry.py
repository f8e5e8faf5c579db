"""Who has registered with the core: one provider a wire protocol, one program a kind of work."""

from __future__ import annotations

from collections.abc import Iterable

from parley.conversations import contracts

_providers: dict[str, contracts.Provider] = {}
_programs: dict[str, contracts.Program] = {}


def register_provider(provider: contracts.Provider) -> None:
    """Called once from an app's `ready`. The same name again replaces (tests put doubles in)."""
    _providers[provider.name] = provider


def register_program(program: contracts.Program) -> None:
    _programs[program.name] = program


def provider(name: str) -> contracts.Provider:
    """Raises LookupError naming those that exist."""
    try:
        return _providers[name]
    except KeyError:
        raise LookupError(f"no provider {name!r}; there are {sorted(_providers)}") from None


def program(name: str) -> contracts.Program | None:
    """None for conversations that no program handles (the catch-all inbox, mail)."""
    return _programs.get(name)


def providers() -> Iterable[contracts.Provider]:
    return _providers.values()


def programs() -> Iterable[contracts.Program]:
    return _programs.values()
