"""How an organization texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parley.accounts import access, actions, errors
from parley.accounts.models import Membership, Role
from parley.texting.actions import campaigns
from parley.texting.models import TextingSettings
from parley.texting.queries import campaigns as queries
from parley.texting.queries import limits, open_hours


def save_settings(actor: Membership, *, values: Mapping[str, Any], version: str | None = None) -> TextingSettings:
    """How the organization texts: columns of `TextingSettings`. OWNER. Makes the row if there is none."""
    access.require_role(actor, Role.OWNER)
    with transaction.atomic():
        texting = ensure_settings(actor.organization_id, lock=True)
        if version is not None and version != queries.settings_version(texting):
            raise campaigns.Outdated(_("Somebody else changed the settings while you were at it."))
        for column in queries.SETTINGS_COLUMNS:
            if column in values:
                setattr(texting, column, values[column])
        campaigns.check_hours(texting.texting_hours_start, texting.texting_hours_end)
        if texting.default_channel_id not in {None, *(c.pk for c in queries.channels(actor.organization_id))}:
            raise errors.Refused(_("This sending channel does not belong to the organization."))
        texting.save()
        actions.record(
            "texting.settings_changed",
            actor=actor.user,
            organization=actor.organization,
            enforced=texting.texting_hours_enforced,
            start=texting.texting_hours_start,
            end=texting.texting_hours_end,
        )
        transaction.on_commit(open_hours.forget)
        transaction.on_commit(limits.forget)
    return texting


def ensure_settings(organization_id: int, *, lock: bool = False) -> TextingSettings:
    """The organization's row of settings, made from the defaults when there is none."""
    rows = TextingSettings.objects.select_for_update() if lock else TextingSettings.objects.all()
    return rows.get_or_create(organization_id=organization_id)[0]
