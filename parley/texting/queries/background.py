"""What runs, or ran last, in the background for a campaign."""

from __future__ import annotations

from parley.conversations.models import BackgroundTask
from parley.texting.models import Campaign


def last_task(campaign: Campaign, kind: str) -> BackgroundTask | None:
    """The newest task of a kind for the campaign. One query."""
    return (
        BackgroundTask.everywhere.filter(organization=campaign.organization_id, kind=kind, subject_key=str(campaign.pk))
        .order_by("-id")
        .first()
    )
