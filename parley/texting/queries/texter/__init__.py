"""Reads of the texter's pages: their work over all organizations, a queue of first texts, conversations.

No number here is counted further than people look, and no page costs more for a longer history.
"""

from typing import Final

#: what a status is counted up to; above it stands "999+"
COUNTED: Final = 999
