"""What is done to conversations. Every write to the core's tables happens in this package."""

from parley.conversations.actions.connections import (
    add_channel,
    connect_account,
    resume_channel,
    stop_channel,
)
from parley.conversations.actions.inbox import mark_handled, replay_event, settle_unconfirmed
from parley.conversations.actions.messages import Queued, edit_message, queue_message
from parley.conversations.actions.opt_outs import opt_out, record_opt_outs, revoke_opt_out
from parley.conversations.actions.receiving import apply_events, store_events

__all__ = [
    "Queued",
    "add_channel",
    "apply_events",
    "connect_account",
    "edit_message",
    "mark_handled",
    "opt_out",
    "queue_message",
    "record_opt_outs",
    "replay_event",
    "resume_channel",
    "revoke_opt_out",
    "settle_unconfirmed",
    "stop_channel",
    "store_events",
]
