"""Addresses of people as pages show them."""

from __future__ import annotations

from parley.conversations.models import AddressKind


def shown(address: str, *, kind: str, whole: bool) -> str:
    """The address as staff write it, or, where the role does not need it, its last four characters.

    A mail address shows its first letter and its host instead."""
    if not whole and kind == AddressKind.EMAIL:
        name, at, host = address.partition("@")
        return f"{name[:1]}•••{at}{host}"
    if not whole:
        return f"•••• {address[-4:]}"
    if kind == AddressKind.PHONE and address.startswith("+1") and len(address) == 12:
        return f"({address[2:5]}) {address[5:8]}-{address[8:]}"
    return address
