"""Every setting that a person may change: an environment variable, declared once, here.

`parley.settings` reads them through `text`, `flag`, `number`, `amount` and `names`; `problems` names the
wrong ones with what they should be, for the check at start; `python -m parley.engine.environment` prints
docs/settings.md. Imports no Django, so that settings can import it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


class Kind(Enum):
    """What a value may be; the value of each is how a person is told."""

    TEXT = "a text"
    FLAG = "1 or 0"
    NUMBER = "a whole number"
    AMOUNT = "a number"
    NAMES = "names, with commas between them"
    ADDRESS = "an address such as https://parley.example.org"
    PATH_OR_ADDRESS = "a path such as /events, or an address such as https://events.example.org/events"
    DATABASE = "an address such as postgresql://user:password@host:5432/name"


@dataclass(frozen=True)
class Variable:
    """One environment variable. `default` is its text; `default_words` says it where it depends on others."""

    name: str
    kind: Kind
    default: str
    purpose: str
    default_words: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    #: never shown, not even in an error
    secret: bool = False

    @property
    def expected(self) -> str:
        if self.choices:
            return f"one of {', '.join(filter(None, self.choices))}"
        if self.least is not None:
            return f"{self.kind.value} from {self.least:g} up"
        return self.kind.value

    def accepts(self, value: str) -> bool:
        """Whether the text is a value of this variable."""
        value = value.strip()
        if self.choices and value not in self.choices:
            return False
        if self.kind is Kind.FLAG:
            return value.lower() in TRUE | FALSE
        if self.kind in {Kind.NUMBER, Kind.AMOUNT}:
            return self._is_number(value)
        if not value or self.kind in {Kind.TEXT, Kind.NAMES}:
            return True
        return (self.kind is Kind.PATH_OR_ADDRESS and value.startswith("/")) or self._is_address(value)

    def _is_number(self, value: str) -> bool:
        try:
            number = int(value) if self.kind is Kind.NUMBER else float(value)
        except ValueError:
            return False
        return self.least is None or number >= self.least

    def _is_address(self, value: str) -> bool:
        try:
            parts = urlsplit(value)
            _ = parts.port  # raises when it is no number
        except ValueError:
            return False
        if self.kind is Kind.DATABASE:  # reached through a socket, it has no host
            return parts.scheme in {"postgres", "postgresql"}
        return parts.scheme in {"http", "https"} and bool(parts.netloc)


SECTIONS: dict[str, tuple[Variable, ...]] = {
    "The installation": (
        Variable("SECRET_KEY", Kind.TEXT, "", "Signs sessions and links, and encrypts credentials unless CREDENTIAL_KEYS is set. Required; 50 random characters.", secret=True),
        Variable("PARLEY_BASE_URL", Kind.ADDRESS, "http://127.0.0.1:8000", "Where people reach Parley. With https, cookies are secure and plain http is redirected."),
        Variable("PARLEY_EVENTS_URL", Kind.PATH_OR_ADDRESS, "/events", "Where browsers reach the event stream."),
        Variable("PARLEY_WEBHOOK_BASE_URL", Kind.ADDRESS, "", "Where providers reach the webhooks; behind NAT, the tunnel's address.", default_words="PARLEY_BASE_URL"),
        Variable("ALLOWED_HOSTS", Kind.NAMES, "", "Host names that are answered.", default_words="the host of PARLEY_BASE_URL and this machine; every one in the demo"),
        Variable("CSRF_TRUSTED_ORIGINS", Kind.NAMES, "", "Further origins that may post forms."),
        Variable("TRUSTED_PROXY_COUNT", Kind.NUMBER, "0", "Proxies in front of Parley whose X-Forwarded-For is believed.", least=0),
        Variable("PARLEY_DEMO", Kind.FLAG, "0", "The demo: simulators instead of providers, demo accounts. Never on a real installation."),
        Variable("PARLEY_SIMULATOR_URL", Kind.ADDRESS, "", "Where the simulators answer (demo and tests)."),
        Variable("DEBUG", Kind.FLAG, "0", "Django's debug pages. Never on a real installation."),
        Variable("PARLEY_TESTING", Kind.FLAG, "0", "Set by the tests."),
    ),
    "The database": (
        Variable("DATABASE_URL", Kind.DATABASE, "", "PostgreSQL 15 or newer; may lead through PgBouncer in transaction mode.", default_words="the embedded PostgreSQL", secret=True),
        Variable("DATABASE_DIRECT_URL", Kind.DATABASE, "", "Past the pooler, for the listener and background jobs.", default_words="DATABASE_URL", secret=True),
        Variable("DATABASE_CONNECTION_AGE", Kind.NUMBER, "600", "Seconds that a thread keeps its connection.", least=0),
        Variable("PARLEY_PROCESS", Kind.TEXT, "parley", "The name of the process in the database's list of connections."),
        Variable("PARLEY_TEST_DATABASE", Kind.TEXT, "test_parley", "The tests' database."),
        Variable("PG_BINDIR", Kind.TEXT, "", "Where the embedded PostgreSQL finds initdb and postgres.", default_words="the system's, else the Python package's"),
    ),
    "Accounts and mail": (
        Variable("ACCOUNT_EMAIL_VERIFICATION", Kind.TEXT, "optional", "Whether a new address must be confirmed.", choices=("none", "optional", "mandatory")),
        Variable("MFA_TOTP_ISSUER", Kind.TEXT, "Parley", "The name that authenticator apps show."),
        *(
            variable
            for name, title in (("GOOGLE", "Google"), ("SLACK", "Slack"), ("OIDC", "an OpenID Connect server"))
            for variable in (
                Variable(f"{name}_CLIENT_ID", Kind.TEXT, "", f"Sign-in with {title}: the client that you registered there."),
                Variable(f"{name}_CLIENT_SECRET", Kind.TEXT, "", "Its secret.", secret=True),
            )
        ),
        Variable("OIDC_SERVER_URL", Kind.ADDRESS, "", "The OpenID Connect server."),
        Variable("OIDC_NAME", Kind.TEXT, "OpenID Connect", "What its button says."),
        Variable("DEFAULT_FROM_EMAIL", Kind.TEXT, "Parley <parley@localhost>", "The sender of mail."),
        Variable("EMAIL_URL", Kind.TEXT, "", "The mail server: smtp://user:password@host:port, or smtps:// for TLS from the first byte.", default_words="none; mails wait in the outbox", secret=True),
    ),
    "Sending": (
        Variable("OUTBOX_LOOK_UP_AFTER", Kind.AMOUNT, "120", "Seconds after which a send without an answer is looked up at the provider.", least=0),
        Variable("OUTBOX_UNCONFIRMED_AFTER", Kind.AMOUNT, "900", "Seconds after which it is shown to staff as unconfirmed.", least=0),
        Variable("OUTBOX_LEASE", Kind.AMOUNT, "60", "Seconds that a worker may hold a batch.", least=1),
        Variable("OPTOUTS_SHARE_ALL_ORGS", Kind.FLAG, "0", "Whoever opts out of one organization opts out of all of them here."),
        Variable("SEND_AUTO_OPT_OUT_RESPONSE", Kind.FLAG, "1", "Confirm an opt-out made by reply with one text."),
        Variable("CREDENTIAL_KEYS", Kind.NAMES, "", "Keys that encrypt providers' credentials in the database, newest first.", default_words="made from SECRET_KEY", secret=True),
        Variable("SPOOL_DIRECTORY", Kind.TEXT, "", "Where webhooks wait while the database is away; must outlive a restart of the machine.", default_words="var/spool"),
    ),
    "Texting": (
        Variable("DYNAMICASSIGNMENT_BATCHES", Kind.NAMES, "finished-replies", "The strategies that hand out contacts, in order."),
        Variable("DYNAMIC_ASSIGN_MAX_BATCH_SIZE", Kind.NUMBER, "300", "Contacts that a texter gets at once, at most.", least=1),
        Variable("MAX_CONTACTS_PER_TEXTER", Kind.NUMBER, "0", "Contacts of a campaign that one texter may have; 0 is no limit.", least=0),
        Variable("MAX_TEXTERS_PER_CAMPAIGN", Kind.NUMBER, "0", "Texters of one campaign; 0 is no limit.", least=0),
        Variable("MAX_CONTACTS", Kind.NUMBER, "0", "Contacts of one campaign; 0 is no limit.", least=0),
        Variable("MAX_MESSAGE_LENGTH", Kind.NUMBER, "1600", "Characters of one text.", least=1),
        Variable("PHONE_NUMBER_COUNTRY", Kind.TEXT, "US", "The country of numbers without one, as two letters."),
        Variable("ALLOW_FICTIONAL_NUMBERS", Kind.FLAG, "", "Accept 555 numbers in uploads.", default_words="1 in the demo, else 0"),
        Variable("CONTACT_LOADERS", Kind.NAMES, "csv-upload", "The sources of contacts that organizers may choose from, in order."),
        Variable("UPLOAD_LIMIT", Kind.NUMBER, "209715200", "Bytes of one uploaded list.", least=1),
    ),
    "Watching it": (
        Variable("LOG_FORMAT", Kind.TEXT, "", "How log lines look.", default_words="lines in the demo, else json", choices=("", "lines", "json")),
        Variable("LOG_LEVEL", Kind.TEXT, "INFO", "What is logged.", choices=("DEBUG", "INFO", "WARNING", "ERROR")),
        Variable("METRICS_TOKEN", Kind.TEXT, "", "Who reads /metrics must send it as Authorization: Bearer.", default_words="/metrics is open to this machine alone", secret=True),
    ),
}  # fmt: skip
VARIABLES: dict[str, Variable] = {variable.name: variable for section in SECTIONS.values() for variable in section}


def _value(name: str, *kinds: Kind) -> str:
    variable = VARIABLES[name]
    if variable.kind not in kinds:
        raise TypeError(f"{name} is declared as {variable.kind.name}")
    given = os.environ.get(name)
    return given.strip() if given is not None and variable.accepts(given) else variable.default


def text(name: str, otherwise: str = "") -> str:
    """The value, or `otherwise` where it is empty: for a default that depends on other settings."""
    found = _value(name, Kind.TEXT, Kind.ADDRESS, Kind.PATH_OR_ADDRESS, Kind.DATABASE)
    return found or otherwise


def flag(name: str, otherwise: bool = False) -> bool:
    found = _value(name, Kind.FLAG).lower()
    return found in TRUE if found else otherwise


def number(name: str) -> int:
    return int(_value(name, Kind.NUMBER))


def amount(name: str) -> float:
    return float(_value(name, Kind.AMOUNT))


def names(name: str, otherwise: str = "") -> list[str]:
    found = _value(name, Kind.NAMES) or otherwise
    return [part.strip() for part in found.split(",") if part.strip()]


def problems(environment: Mapping[str, str]) -> list[str]:
    """One line for each wrong value: its name, what it is (unless secret) and what it should be."""
    wrong = [
        f"{variable.name} is {'wrong' if variable.secret else repr(given)}; it should be {variable.expected}."
        for variable in VARIABLES.values()
        if (given := environment.get(variable.name)) is not None and not variable.accepts(given)
    ]
    if not environment.get("SECRET_KEY"):
        wrong.append("SECRET_KEY is not set; it should be about 50 random characters, the same for every process.")
    if environment.get("PARLEY_DEMO", "").lower() in TRUE and environment.get("PARLEY_BASE_URL", "").startswith(
        "https://"
    ):
        wrong.append("PARLEY_DEMO is on at a public address; it should be off where PARLEY_BASE_URL is https.")
    return wrong


def require() -> None:
    """End the process with a line for each wrong value: for those that start without Django's checks."""
    if wrong := problems(os.environ):
        sys.exit("\n".join(wrong))


def document() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Environment variables, read at start. A wrong one is named with what it should be, and nothing starts.",
        "This page is made by `make docs` from `parley/engine/environment.py`.",
    ]
    for title, variables in SECTIONS.items():
        lines += ["", f"## {title}", "", "| variable | what it does | value | default |", "|---|---|---|---|"]
        for variable in variables:
            default = variable.default_words or (f"`{variable.default}`" if variable.default else "none")
            lines.append(f"| `{variable.name}` | {variable.purpose} | {variable.expected} | {default} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
