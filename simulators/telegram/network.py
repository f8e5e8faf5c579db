"""The simulated Telegram: people and bots, their chats, and what they do in them."""

from __future__ import annotations

import base64
import dataclasses
import json
import pathlib
import time
from collections.abc import Iterable
from typing import Any

from simulators import shell as shell_module
from simulators.telegram import delivery, faults, records

Json = dict[str, Any]
#: one pixel, for a person who sends a photo without choosing one
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Refusal(Exception):
    """A Bot API error: status, description, parameters."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


class Network:
    """All state. `path` is the file that keeps it over a restart; None keeps nothing."""

    def __init__(self, shell: shell_module.Shell, *, path: pathlib.Path | None) -> None:
        self.shell = shell
        self.path = path
        self.faults = faults.Faults()
        self.delivery = delivery.Delivery(faults=self.faults, changed=self.touch)
        self.dirty = False
        self.clear()

    def clear(self) -> None:
        """Forget everything but the faults."""
        self.people: dict[int, records.Person] = {}
        self.bots: dict[int, records.Bot] = {}
        self.chats: dict[str, records.Chat] = {}
        self.messages: dict[str, list[records.Message]] = {}
        self.files: dict[str, records.File] = {}
        self.last_id = 0
        self.last_message = 0
        self.touch()

    def touch(self) -> None:
        self.dirty = True

    def show(self, chat: records.Chat) -> None:
        """Open pages look again."""
        chat.touched = time.time()
        self.touch()
        self.shell.announce("telegram", {"chat": chat.key})

    # --- keeping ---------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the snapshot if something changed."""
        if self.path is None or not self.dirty:
            return
        self.dirty = False
        whole = {
            "people": [dataclasses.asdict(p) for p in self.people.values()],
            "bots": [dataclasses.asdict(b) for b in self.bots.values()],
            "chats": [dataclasses.asdict(c) for c in self.chats.values()],
            "messages": [dataclasses.asdict(m) for ms in self.messages.values() for m in ms],
            "files": [dataclasses.asdict(f) for f in self.files.values()],
            "last_id": self.last_id,
            "last_message": self.last_message,
        }
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(whole), "utf-8")
        new.replace(self.path)

    def load(self) -> None:
        """Read the snapshot, if there is one."""
        if self.path is None or not self.path.exists():
            return
        whole = json.loads(self.path.read_text("utf-8"))
        self.people = {row["id"]: records.Person(**row) for row in whole["people"]}
        self.bots = {row["id"]: records.Bot(**row) for row in whole["bots"]}
        self.chats = {row["key"]: records.Chat(**row) for row in whole["chats"]}
        for row in whole["messages"]:
            self.messages.setdefault(row["chat"], []).append(records.Message(**row))
        self.files = {row["id"]: records.File(**row) for row in whole["files"]}
        self.last_id, self.last_message = whole["last_id"], whole["last_message"]

    # --- who there is ----------------------------------------------------------------------------

    def add_bot(self, token: str, *, username: str = "", name: str = "", privacy: bool = False) -> records.Bot:
        """A bot with this token; again with the same id changes it. Raises Refusal for no token."""
        number, colon, secret = token.partition(":")
        if not (number.isascii() and number.isdigit() and colon and secret):
            raise Refusal(400, "a token is digits, a colon and a secret")
        bot = self.bots.get(int(number))
        if bot is None:
            bot = self.bots[int(number)] = records.Bot(token, int(number), f"parley_{number}_bot", "Parley")
        bot.token, bot.privacy = token, privacy
        bot.username, bot.name = username or bot.username, name or bot.name
        self.touch()
        return bot

    def add_person(self, *, first_name: str, last_name: str = "", username: str = "") -> records.Person:
        """A new person, with an id past 32 bits."""
        person = records.Person(self._new(records.FIRST_PERSON), first_name, last_name, username)
        self.people[person.id] = person
        self.touch()
        self.shell.announce("telegram", {"person": person.id})
        return person

    def _new(self, first: int) -> int:
        self.last_id += 1
        return first + self.last_id - 1

    def user(self, number: int) -> Json:
        """The Bot API's User of a person or bot. Raises Refusal 404."""
        who = self.people.get(number) or self.bots.get(number)
        if who is None:
            raise Refusal(404, f"nobody has the id {number}")
        return who.user()

    def chat(self, key: str) -> records.Chat:
        """Raises Refusal 404."""
        if key not in self.chats:
            raise Refusal(404, f"there is no chat {key}")
        return self.chats[key]

    def describe(self, chat: records.Chat) -> Json:
        """The Bot API's Chat."""
        if chat.type == "private":
            user = self.people[chat.person].user()
            names: Json = {k: user[k] for k in ("first_name", "last_name", "username") if k in user}
            return {"id": chat.id, "type": "private", **names}
        return {"id": chat.id, "type": chat.type, "title": chat.title}

    def private(self, person: int, bot: int) -> records.Chat:
        """The chat of a person with a bot; made when the person first opens it."""
        key = f"{person}@{bot}"
        if key not in self.chats:
            if person not in self.people or bot not in self.bots:
                raise Refusal(404, "there is no such person or bot")
            self.chats[key] = records.Chat(key, person, "private", person=person, bot=bot)
        return self.chats[key]

    # --- what people do --------------------------------------------------------------------------

    def make_group(
        self, title: str, *, creator: int, people: Iterable[int] = (), bots: Iterable[int] = ()
    ) -> records.Chat:
        """A basic group with its first members."""
        number = -self._new(records.FIRST_GROUP)
        chat = records.Chat(str(number), number, "group", title, people=[creator], admins=[creator])
        chat.people += [p for p in people if p != creator and self.user(p)]
        chat.bots = [b for b in bots if self.user(b)]
        self.chats[chat.key] = chat
        for bot in chat.bots:
            self._membership(chat, bot, "left", "member", by=creator)
        self.post(chat, {"from": self.user(creator), "group_chat_created": True})
        return chat

    def add_member(self, chat: records.Chat, number: int, *, by: int) -> None:
        """A person or a bot joins."""
        who = self.user(number)
        own = chat.bots if number in self.bots else chat.people
        if number in own:
            return
        own.append(number)
        if number in self.bots:
            chat.kicked = [b for b in chat.kicked if b != number]
            self._membership(chat, number, "left", "member", by=by)
        self.post(
            chat,
            {"from": self.user(by), "new_chat_participant": who, "new_chat_member": who, "new_chat_members": [who]},
        )

    def remove_member(self, chat: records.Chat, number: int, *, by: int) -> None:
        """A person leaves, or somebody removes them or a bot."""
        who = self.user(number)
        own = chat.bots if number in self.bots else chat.people
        if number not in own:
            return
        body = {"from": self.user(by), "left_chat_participant": who, "left_chat_member": who}
        # whoever goes still hears of it
        self.post(chat, body)
        own.remove(number)
        if number in self.bots:
            chat.kicked.append(number)
            self._membership(chat, number, "member", "left" if by == number else "kicked", by=by)

    def rename(self, chat: records.Chat, title: str, *, by: int) -> None:
        chat.title = title
        self.post(chat, {"from": self.user(by), "new_chat_title": title})

    def upgrade(self, chat: records.Chat, *, by: int) -> records.Chat:
        """A basic group becomes a supergroup: a new chat with a new id; the old one is closed."""
        if chat.type != "group" or chat.moved_to:
            raise Refusal(400, "only a basic group can be upgraded, and only once")
        number = -self._new(records.FIRST_SUPERGROUP)
        new = records.Chat(
            str(number),
            number,
            "supergroup",
            chat.title,
            people=list(chat.people),
            bots=list(chat.bots),
            admins=list(chat.admins),
        )
        self.chats[new.key] = new
        chat.moved_to = number
        # https://github.com/tdlib/telegram-bot-api/issues/266: the bot "joins" the supergroup and is
        # never told that it left the group
        self.post(chat, {"from": self.user(by), "migrate_to_chat_id": number})
        for bot in new.bots:
            self._membership(new, bot, "left", "member", by=by)
        self.post(
            new,
            {"from": records.ANONYMOUS_ADMIN, "sender_chat": self.describe(new), "migrate_from_chat_id": chat.id},
        )
        return new

    def block(self, chat: records.Chat, blocked: bool) -> None:
        """The person of a private chat blocks or unblocks the bot."""
        if chat.blocked != blocked:
            chat.blocked = blocked
            states = ("member", "kicked") if blocked else ("kicked", "member")
            self._membership(chat, chat.bot, *states, by=chat.person)
            self.show(chat)

    def say(self, chat: records.Chat, number: int, content: Json, *, anonymous: bool = False) -> records.Message:
        """A person writes; `content` is the message's own fields (text, photo, poll, …)."""
        if chat.moved_to:
            chat = self.chats[str(chat.moved_to)]
        if number not in (chat.people if chat.type != "private" else [chat.person]):
            raise Refusal(403, "only a member can write here")
        sender: Json = {"from": self.user(number)}
        if anonymous:
            sender = {"from": records.ANONYMOUS_ADMIN, "sender_chat": self.describe(chat)}
        chat.blocked = False
        return self.post(chat, {**sender, **content})

    def edit(self, message: records.Message, text: str) -> None:
        """A person changes a text or caption."""
        chat = self.chats[message.chat]
        message.body["caption" if "caption" in message.body else "text"] = text
        message.body["edit_date"] = int(time.time())
        self._tell(chat, "edited_message", message.body, sender=None)
        self.show(chat)

    def keep_file(self, content: bytes, *, content_type: str, name: str) -> str:
        """Store a file; its id."""
        number = self._new(1)
        file_id = f"file-{number}"
        self.files[file_id] = records.File(
            file_id, f"files/{number}/{name}", content_type, base64.b64encode(content).decode()
        )
        return file_id

    def photo(self, content: bytes = b"", *, content_type: str = "image/png") -> list[Json]:
        """The Bot API's sizes of a photo, smallest first."""
        content = content or base64.b64decode(PIXEL)
        file_id = self.keep_file(content, content_type=content_type, name="photo")
        size = {"file_id": file_id, "file_unique_id": f"unique-{file_id}", "file_size": len(content)}
        small = {**size, "file_id": f"{file_id}-small", "file_unique_id": f"unique-{file_id}-small"}
        return [{**small, "width": 90, "height": 90}, {**size, "width": 1280, "height": 1280}]

    # --- what happens then -----------------------------------------------------------------------

    def post(self, chat: records.Chat, content: Json, *, by_bot: int | None = None) -> records.Message:
        """A message appears in the chat, and every bot that may hear it gets an update."""
        if chat.type == "supergroup":
            chat.last_message += 1
            number = chat.last_message
        else:
            self.last_message += 1
            number = self.last_message
        body = {"message_id": number, "chat": self.describe(chat), "date": int(time.time()), **content}
        message = records.Message(chat.key, number, body)
        self.messages.setdefault(chat.key, []).append(message)
        self._tell(chat, "message", body, sender=by_bot)
        self.show(chat)
        return message

    def find(self, chat: records.Chat, number: int) -> records.Message | None:
        """A message that is not deleted."""
        return next((m for m in self.messages.get(chat.key, ()) if m.id == number and not m.deleted), None)

    def _tell(self, chat: records.Chat, name: str, body: Json, *, sender: int | None) -> None:
        for number in [chat.bot] if chat.type == "private" else chat.bots:
            bot = self.bots[number]
            # a bot never hears a bot, itself included: https://core.telegram.org/bots/faq
            if number != sender and (sender is None or sender not in self.bots) and self._hears(chat, bot, body):
                self.delivery.queue(bot, name, body, chat=chat.key)

    @staticmethod
    def _hears(chat: records.Chat, bot: records.Bot, body: Json) -> bool:
        """Privacy mode: https://core.telegram.org/bots/features#privacy-mode"""
        text = body.get("text") or body.get("caption")
        person = "text" in body or "photo" in body or "caption" in body
        if chat.type == "private" or not bot.privacy or bot.id in chat.admins or not person:
            return True
        answered = body.get("reply_to_message", {}).get("from", {}).get("id")
        return bool(text and (text.startswith("/") or f"@{bot.username}" in text)) or answered == bot.id

    def _membership(self, chat: records.Chat, bot: int, old: str, new: str, *, by: int) -> None:
        user = self.bots[bot].user()
        kicked = {"until_date": 0}
        self.delivery.queue(
            self.bots[bot],
            "my_chat_member",
            {
                "chat": self.describe(chat),
                "from": self.user(by),
                "date": int(time.time()),
                "old_chat_member": {"user": user, "status": old, **(kicked if old == "kicked" else {})},
                "new_chat_member": {"user": user, "status": new, **(kicked if new == "kicked" else {})},
            },
            chat=chat.key,
        )
