"""What is done to conversations. Every write to the core's tables happens in this package."""

from parley.conversations.actions.connections import (
    add_channel,
    connect_account,
    connect_channel,
    replace_credentials,
    resume_channel,
    set_rates,
    stop_channel,
)
from parley.conversations.actions.inbox import (
    answer,
    give_up_event,
    mark_handled,
    replay_event,
    settle_unconfirmed,
    stop_person,
)
from parley.conversations.actions.messages import Queued, edit_message, queue_message
from parley.conversations.actions.opt_outs import opt_out, record_opt_outs, revoke_opt_out
from parley.conversations.actions.receiving import apply_events, store_events

__all__ = [
    "Queued",
    "add_channel",
    "answer",
    "apply_events",
    "connect_account",
    "connect_channel",
    "edit_message",
    "give_up_event",
    "mark_handled",
    "opt_out",
    "queue_message",
    "record_opt_outs",
    "replace_credentials",
    "replay_event",
    "resume_channel",
    "revoke_opt_out",
    "set_rates",
    "settle_unconfirmed",
    "stop_channel",
    "stop_person",
    "store_events",
]
