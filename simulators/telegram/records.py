"""What the simulated Telegram remembers. Everything is plain JSON, so that a snapshot keeps it."""

from __future__ import annotations

import dataclasses
from typing import Any

Json = dict[str, Any]

#: ids of people and bots pass the range of 32 bits, as Telegram's do
FIRST_PERSON = 5_000_000_001
FIRST_GROUP = 4_000_000_001
FIRST_SUPERGROUP = 1_002_000_000_001
#: Telegram's stand-in sender of anonymous administrators: https://core.telegram.org/bots/api#message
ANONYMOUS_ADMIN: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


@dataclasses.dataclass
class Person:
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""

    def user(self) -> Json:
        """The Bot API's User."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": "en"}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        return user


@dataclasses.dataclass
class Bot:
    token: str
    id: int
    username: str
    name: str
    #: with privacy mode on, a bot in a group hears only what is meant for it
    privacy: bool = False
    webhook_url: str = ""
    webhook_secret: str = ""
    allowed_updates: list[str] = dataclasses.field(default_factory=list)
    max_connections: int = 40
    last_update: int = 100_000
    last_error: str = ""
    last_error_at: int = 0
    pending: list[Json] = dataclasses.field(default_factory=list)

    def user(self) -> Json:
        """The Bot API's User."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclasses.dataclass
class Chat:
    """`key` is the id of a group, and `person@bot` for a private chat, whose id is the person's."""

    key: str
    id: int
    type: str
    title: str = ""
    #: the private chat's two
    person: int = 0
    bot: int = 0
    people: list[int] = dataclasses.field(default_factory=list)
    bots: list[int] = dataclasses.field(default_factory=list)
    admins: list[int] = dataclasses.field(default_factory=list)
    #: bots that were in it once: their sends fail with "kicked"
    kicked: list[int] = dataclasses.field(default_factory=list)
    #: the person blocked the bot
    blocked: bool = False
    #: the supergroup that it became
    moved_to: int = 0
    #: supergroups count their messages themselves, all other chats share one counter
    last_message: int = 0
    touched: float = 0.0


@dataclasses.dataclass
class Message:
    """`body` is the Bot API's Message."""

    chat: str
    id: int
    body: Json
    deleted: bool = False


@dataclasses.dataclass
class File:
    id: str
    path: str
    content_type: str
    #: base64
    content: str
