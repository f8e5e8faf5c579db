"""What the audit log's verbs are called. Programs register the words of theirs."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from parley.accounts.models import AuditEvent, GrantKind, Role

_words: dict[str, str | Promise] = {}


def register(words: dict[str, str | Promise]) -> None:
    """`{"campaign.exported": gettext_lazy("exported a campaign")}`: said after the name of who did it."""
    _words.update(words)


def name(verb: str) -> str:
    """The deed in words; an unknown verb is shown as it is."""
    return str(_words.get(verb, verb))


def sentence(event: AuditEvent) -> str:
    """The deed with what changed: "changed a role: texter → admin"."""
    detail = event.detail
    if "old" in detail and "new" in detail:
        return f"{name(event.verb)}: {_role(detail['old'])} → {_role(detail['new'])}"
    if "role" in detail:
        return f"{name(event.verb)}: {_role(detail['role'])}"
    if event.verb.startswith("grant.") and detail.get("kind") in GrantKind.values:
        return f"{name(event.verb)}: {GrantKind(detail['kind']).label}"
    rest = ", ".join(f"{key} {value}" for key, value in sorted(detail.items()))
    return f"{name(event.verb)}: {rest}" if rest else name(event.verb)


def _role(value: object) -> str:
    return str(Role[str(value)].label) if str(value) in Role.__members__ else str(value)


register(
    {
        "user.suspended": gettext_lazy("suspended someone everywhere"),
        "user.restored": gettext_lazy("lifted a suspension"),
        "user.password_changed": gettext_lazy("changed their password"),
        "user.password_reset": gettext_lazy("set a new password by mail"),
        "user.password_reset_sent": gettext_lazy("sent someone a link for a new password"),
        "user.email_changed": gettext_lazy("changed their e-mail address"),
        "user.second_factor_added": gettext_lazy("added a second factor"),
        "user.second_factor_removed": gettext_lazy("removed a second factor"),
        "organization.created": gettext_lazy("created the organization"),
        "organization.changed": gettext_lazy("changed the organization's settings"),
        "organization.closed": gettext_lazy("closed the organization"),
        "organization.opened": gettext_lazy("opened the organization again"),
        "organization.join_link_reset": gettext_lazy("replaced the join link"),
        "membership.created": gettext_lazy("joined, or added someone"),
        "membership.role_changed": gettext_lazy("changed a role"),
        "membership.removed": gettext_lazy("removed a member"),
        "grant.given": gettext_lazy("gave a right"),
        "grant.taken": gettext_lazy("took a right away"),
        "invitation.created": gettext_lazy("invited someone"),
        "invitation.sent_again": gettext_lazy("sent an invitation again"),
        "invitation.revoked": gettext_lazy("withdrew an invitation"),
        "invitation.accepted": gettext_lazy("accepted an invitation"),
        "api_token.created": gettext_lazy("created an API token"),
        "api_token.revoked": gettext_lazy("revoked an API token"),
    }
)
