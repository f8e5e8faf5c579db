"""What can go wrong for a person who works with accounts."""

from __future__ import annotations


class Refused(Exception):
    """A rule forbids it. The message is a translated sentence for the person: what is wrong and what to do."""


class AddressTaken(Refused):
    """There is an account with this e-mail address. Visitors are not told so in these words."""
