"""Posting updates to webhooks: in order within a chat, chats side by side, repeated until taken.

As https://github.com/tdlib/telegram-bot-api does it: one queue a chat, the first repetition at once,
then after 1, 2, 4, … seconds, at most `max_connections` posts at a time.
"""

from __future__ import annotations

import asyncio
import collections
import json
import time
from collections.abc import Callable
from typing import Any

from simulators import wire
from simulators.telegram import faults, records

LONGEST_PAUSE = 64.0
READ_SECONDS = 60.0


class Delivery:
    """`changed` is called whenever something that is kept has changed."""

    def __init__(self, *, faults: faults.Faults, changed: Callable[[], None]) -> None:
        self.faults = faults
        self.changed = changed
        self.client = wire.Client()
        #: seconds of the first pause after a failure; tests make it short
        self.pause = 1.0
        self.counts: collections.Counter[str] = collections.Counter()
        self.tasks: dict[tuple[int, str], asyncio.Task[None]] = {}
        self.places: dict[int, asyncio.Semaphore] = {}

    def queue(self, bot: records.Bot, name: str, content: dict[str, Any], *, chat: str) -> None:
        """Give the bot an update of type `name`."""
        # https://core.telegram.org/bots/api#setwebhook: by default all but these
        wanted = name in bot.allowed_updates if bot.allowed_updates else name != "chat_member"
        if not wanted:
            return
        bot.last_update += 1
        bot.pending.append({"chat": chat, "update": {"update_id": bot.last_update, name: content}})
        self.changed()
        self.start(bot)

    def start(self, bot: records.Bot) -> None:
        """Post what waits, wherever no post is under way."""
        if not bot.webhook_url:
            return
        for chat in {entry["chat"] for entry in bot.pending}:
            if (bot.id, chat) not in self.tasks:
                self.tasks[bot.id, chat] = asyncio.ensure_future(self._drain(bot, chat))

    def restart(self, bot: records.Bot) -> None:
        """After a new webhook: what waits is tried at once, at the new address."""
        for (owner, _), task in list(self.tasks.items()):
            if owner == bot.id:
                task.cancel()
        self.tasks = {key: task for key, task in self.tasks.items() if key[0] != bot.id}
        self.places.pop(bot.id, None)
        self.start(bot)

    async def close(self) -> None:
        tasks = list(self.tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.client.close()

    async def _drain(self, bot: records.Bot, chat: str) -> None:
        own = asyncio.current_task()
        try:
            while entry := next((e for e in bot.pending if e["chat"] == chat), None):
                await self._post_until_taken(bot, entry["update"], chat)
                bot.pending.remove(entry)
                self.changed()
        finally:
            if self.tasks.get((bot.id, chat)) is own:
                del self.tasks[bot.id, chat]

    async def _post_until_taken(self, bot: records.Bot, update: dict[str, Any], chat: str) -> None:
        body = json.dumps(update, ensure_ascii=False).encode()
        copies = self.faults.copies(chat=chat)
        pause, failures = self.pause, 0
        while copies:
            failure = await self._post(bot, body)
            if not failure:
                copies -= 1
                self.counts["delivered"] += 1
                continue
            bot.last_error, bot.last_error_at = failure, int(time.time())
            self.counts["failed"] += 1
            failures += 1
            if failures > 1:
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    async def _post(self, bot: records.Bot, body: bytes) -> str:
        """Empty when the post was taken, else what went wrong, in Telegram's words."""
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
        if bot.webhook_secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = bot.webhook_secret
        async with self.places.setdefault(bot.id, asyncio.Semaphore(bot.max_connections)):
            try:
                status = await self.client.post(bot.webhook_url, body=body, headers=headers, read_timeout=READ_SECONDS)
            except wire.ConnectFailed:
                return "Connection refused"
            except wire.ReadFailed:
                return "Read timeout expired"
        return "" if 200 <= status <= 299 else f"Wrong response from the webhook: {status}"
