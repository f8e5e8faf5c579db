"""The audit log."""

from __future__ import annotations

from django.db import models

from parley.accounts.models import AuditEvent, Organization, User


def record(
    verb: str,
    *,
    actor: User | None,
    organization: Organization | int | None = None,
    target: models.Model | None = None,
    **detail: object,
) -> AuditEvent:
    """Write down who did what: `record("campaign.exported", actor=user, organization=…, target=campaign, rows=12)`.

    `detail` must be JSON: ids, counts and settings only, never a contact's name, number or words. Call it in
    the transaction of the deed, so that neither is kept without the other.
    """
    return AuditEvent.everywhere.create(
        verb=verb,
        actor=actor,
        organization_id=organization.pk if isinstance(organization, Organization) else organization,
        target_kind=(target._meta.model_name or "") if target is not None else "",
        target_id=target.pk if target is not None else None,
        detail=detail,
    )
