"""The strategies there are, by name, and which are in use."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from parley.texting.strategies import base, finished_replies

_known: dict[str, base.Strategy] = {s.name: s for s in [finished_replies.FinishedReplies()]}


def known() -> dict[str, base.Strategy]:
    return dict(_known)


def active(names: Sequence[str] = ()) -> list[base.Strategy]:
    """The campaign's own, else the instance's, in order. Raises LookupError naming those that exist."""
    chosen = list(names) or [n.strip() for n in settings.DYNAMICASSIGNMENT_BATCHES.split(",") if n.strip()]
    unknown = [name for name in chosen if name not in _known]
    if unknown:
        raise LookupError(f"no strategy {', '.join(unknown)}; there are {', '.join(sorted(_known))}")
    return [_known[name] for name in chosen]
