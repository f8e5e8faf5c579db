"""What comes in: stored before the 200, applied by the worker in the order of each conversation.

A batch is applied with a fixed number of set-based statements, whatever its size. If it fails, its
events are applied one by one; one that keeps failing is parked where staff see it, and later events of
its lane wait for it.
"""

from parley.conversations.actions.receiving.changes import move_conversations
from parley.conversations.actions.receiving.events import ATTEMPTS_BEFORE_PARKING, apply_events, store_events
from parley.conversations.actions.receiving.reports import tell_programs

__all__ = ["ATTEMPTS_BEFORE_PARKING", "apply_events", "move_conversations", "store_events", "tell_programs"]
