"""What the texter's templates write."""

from __future__ import annotations

from django import template

from parley.texting.queries.texter import COUNTED

register = template.Library()


@register.filter
def up_to(count: int) -> str:
    """A number as people read it: counted no further than it matters."""
    return f"{COUNTED}+" if count > COUNTED else str(count)
