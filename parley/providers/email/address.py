"""EMAIL_URL: where mail is handed over, in one line."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Mapping

#: `if_offered` encrypts when the server can, and refuses to sign in where it cannot
TLS = ("implicit", "required", "if_offered", "none")
PORTS = {"implicit": 465, "required": 587, "if_offered": 25, "none": 25}


class BadAddress(ValueError):
    """What is wrong with an EMAIL_URL, without its password."""


@dataclasses.dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server and how to sign in there."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "if_offered"

    def credentials(self) -> dict[str, str]:
        """As a provider account keeps them."""
        return {**dataclasses.asdict(self), "port": str(self.port)}


def parse(url: str) -> Server:
    """Read `smtp://user:password@host:port`, or `smtps://…` for TLS from the first byte.

    `?tls=required` insists on STARTTLS, `?tls=none` never encrypts; otherwise what the server offers
    decides. Raises BadAddress.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("smtp", "smtps"):
        raise BadAddress("EMAIL_URL must begin with smtp:// or smtps://")
    if not parts.hostname:
        raise BadAddress("EMAIL_URL names no host; write smtp://user:password@host:port")
    wanted = urllib.parse.parse_qs(parts.query).get("tls", [""])[0]
    tls = wanted or ("implicit" if parts.scheme == "smtps" else "if_offered")
    if tls not in TLS:
        raise BadAddress(f"tls in EMAIL_URL must be one of {', '.join(TLS)}")
    try:
        port = parts.port or PORTS[tls]
    except ValueError as error:
        raise BadAddress("the port in EMAIL_URL must be a number from 1 to 65535") from error
    return Server(
        host=parts.hostname,
        port=port,
        user=urllib.parse.unquote(parts.username or ""),
        password=urllib.parse.unquote(parts.password or ""),
        tls=tls,
    )


def server(credentials: Mapping[str, str]) -> Server | None:
    """The server of an account's credentials; None where no server is configured."""
    if not credentials.get("host"):
        return None
    return Server(
        host=credentials["host"],
        port=int(credentials.get("port") or 25),
        user=credentials.get("user", ""),
        password=credentials.get("password", ""),
        tls=credentials.get("tls") or "if_offered",
    )
