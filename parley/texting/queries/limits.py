"""How long a text may be: the organization's own limit below the instance's; looked at once a minute."""

from __future__ import annotations

import threading
import time

from django.conf import settings

from parley.texting.models import Campaign

#: seconds that a limit is used
KEPT = 60.0

_lock = threading.Lock()
_kept: dict[int, tuple[float, int]] = {}


def longest_text(campaign_id: int) -> int:
    """Characters that a text of this campaign may have."""
    found = _kept.get(campaign_id)
    if found and found[0] > time.monotonic():
        return found[1]
    own = (
        Campaign.everywhere.filter(pk=campaign_id)
        .values_list("organization__texting__max_message_length", flat=True)
        .first()
    )
    longest = min(own or settings.MAX_MESSAGE_LENGTH, settings.MAX_MESSAGE_LENGTH)
    with _lock:
        if len(_kept) > 10_000:
            _kept.clear()
        _kept[campaign_id] = (time.monotonic() + KEPT, longest)
    return longest


def forget() -> None:
    """Call when a limit was changed; other processes follow within a minute."""
    with _lock:
        _kept.clear()
