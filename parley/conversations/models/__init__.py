"""The conversation core: who we talk with, over what, and everything that was said.

A message is a message, whatever the channel. Nothing here knows what a campaign or a study is.
"""

from parley.conversations.models.connections import AddressKind, Channel, ProviderAccount, RateBudget
from parley.conversations.models.inbound import InboundEvent
from parley.conversations.models.marks import ConversationTag, Flag, ReadMarker, Tag
from parley.conversations.models.messages import Conversation, Direction, IdempotencyKey, Message, Outbox, Status
from parley.conversations.models.people import Correspondent, OptOut, Person
from parley.conversations.models.work import BackgroundTask, StoredFile, StoredPiece, WorkerHeartbeat

__all__ = [
    "AddressKind",
    "BackgroundTask",
    "Channel",
    "Conversation",
    "ConversationTag",
    "Correspondent",
    "Direction",
    "Flag",
    "IdempotencyKey",
    "InboundEvent",
    "Message",
    "OptOut",
    "Outbox",
    "Person",
    "ProviderAccount",
    "RateBudget",
    "ReadMarker",
    "Status",
    "StoredFile",
    "StoredPiece",
    "Tag",
    "WorkerHeartbeat",
]
