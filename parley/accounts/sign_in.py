"""Which providers people can sign in with beside a password, from the environment.

    GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET
    SLACK_CLIENT_ID, SLACK_CLIENT_SECRET
    OIDC_SERVER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, and optionally OIDC_NAME (what the button says)

A provider without both id and secret is not offered. Read by the settings: imports nothing of Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """allauth's SOCIALACCOUNT_PROVIDERS. Raises ValueError, naming the variable, for a half-configured one."""
    found: dict[str, Any] = {}
    google = _app(environment, "GOOGLE")
    if google:
        found["google"] = {"APPS": [google], "SCOPE": ["profile", "email"], "OAUTH_PKCE_ENABLED": True}
    slack = _app(environment, "SLACK")
    if slack:
        found["slack"] = {"APPS": [slack], "SCOPE": ["openid", "profile", "email"]}
    server = environment.get("OIDC_SERVER_URL", "").strip()
    oidc = _app(environment, "OIDC")
    if bool(server) != bool(oidc):
        raise ValueError("OIDC_SERVER_URL, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set together.")
    if oidc:
        app = {
            **oidc,
            "provider_id": "oidc",
            "name": environment.get("OIDC_NAME", "").strip() or "OpenID Connect",
            "settings": {"server_url": server, "oauth_pkce_enabled": True},
        }
        found["openid_connect"] = {"APPS": [app]}
    return found


def _app(environment: Mapping[str, str], name: str) -> dict[str, str] | None:
    client_id = environment.get(f"{name}_CLIENT_ID", "").strip()
    secret = environment.get(f"{name}_CLIENT_SECRET", "").strip()
    if bool(client_id) != bool(secret):
        missing = f"{name}_CLIENT_SECRET" if client_id else f"{name}_CLIENT_ID"
        raise ValueError(f"{missing} is not set: {name}_CLIENT_ID and {name}_CLIENT_SECRET go together.")
    return {"client_id": client_id, "secret": secret, "key": ""} if client_id else None
