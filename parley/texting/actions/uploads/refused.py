"""A refusal in words."""

from __future__ import annotations


class Refused(Exception):
    """Not allowed now; `str()` says why, for the organizer."""
