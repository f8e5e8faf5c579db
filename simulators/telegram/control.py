"""What only a simulator has: acting as people, faults on request, counters, and the page for it all."""

from __future__ import annotations

import base64
import html
import json
import pathlib
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulators import shell as shell_module
from simulators.telegram import bot_api, faults, records
from simulators.telegram import network as network_module

HERE = pathlib.Path(__file__).parent
Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_ = shell_module.translate
#: pictures that a person may send
PICTURES = {"image/jpeg", "image/png", "image/webp"}


def answered(handler: Handler) -> Handler:
    """Refusals and bodies of the wrong form become JSON with the reason."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except network_module.Refusal as refusal:
            return web.json_response({"error": refusal.description}, status=refusal.status)
        except faults.BadRule as error:
            return web.json_response({"error": str(error)}, status=400)
        except KeyError as error:
            return web.json_response({"error": f"{error.args[0]} is missing"}, status=400)
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return answer


async def _body(request: web.Request) -> Json:
    body = await request.json() if request.can_read_body else {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


class Control:
    def __init__(self, network: network_module.Network, api: bot_api.BotApi) -> None:
        self.network = network
        self.api = api

    def _chat(self, request: web.Request) -> records.Chat:
        return self.network.chat(request.match_info["chat"])

    # --- who there is ----------------------------------------------------------------------------

    async def add_bot(self, request: web.Request) -> web.Response:
        """`{token, username?, name?, privacy?}` → the bot; may be repeated."""
        given = await _body(request)
        bot = self.network.add_bot(
            str(given["token"]),
            username=str(given.get("username", "")),
            name=str(given.get("name", "")),
            privacy=bool(given.get("privacy", False)),
        )
        return web.json_response(bot.user(), status=201)

    async def add_person(self, request: web.Request) -> web.Response:
        """`{first_name, last_name?, username?}` → the person."""
        given = await _body(request)
        if not str(given["first_name"]).strip():
            raise ValueError(_("Give the person a first name."))
        person = self.network.add_person(
            first_name=str(given["first_name"]).strip(),
            last_name=str(given.get("last_name", "")).strip(),
            username=str(given.get("username", "")).strip(),
        )
        return web.json_response(person.user(), status=201)

    async def make_group(self, request: web.Request) -> web.Response:
        """`{title, creator, people?, bots?}` → the group."""
        given = await _body(request)
        if not str(given["title"]).strip():
            raise ValueError(_("Give the group a title."))
        chat = self.network.make_group(
            str(given["title"]).strip(),
            creator=int(given["creator"]),
            people=[int(p) for p in given.get("people", ())],
            bots=[int(b) for b in given.get("bots", ())],
        )
        return web.json_response(self._summary(chat), status=201)

    async def open_private(self, request: web.Request) -> web.Response:
        """`{person, bot}` → their private chat."""
        given = await _body(request)
        chat = self.network.private(int(given["person"]), int(given["bot"]))
        return web.json_response(self._summary(chat), status=201)

    # --- what people do --------------------------------------------------------------------------

    async def say(self, request: web.Request) -> web.Response:
        """A person writes. JSON: `{from, text?, anonymous?, reply_to?, content?}` with `content` any
        of the Bot API's message fields; or a form with `from`, `text` and a file `photo`."""
        chat = self._chat(request)
        content: Json = {}
        if request.content_type == "application/json":
            given = await _body(request)
            content.update(given.get("content", {}))
        else:
            form = await request.post()
            given = {k: v for k, v in form.items() if isinstance(v, str)}
            file = form.get("photo")
            if isinstance(file, web.FileField) and file.filename:
                if file.content_type not in PICTURES:
                    raise ValueError(_("Only JPEG, PNG and WebP pictures can be sent."))
                content["photo"] = self.network.photo(file.file.read(), content_type=file.content_type)
        if given.get("photo"):
            content["photo"] = self.network.photo()
        text = str(given.get("text", ""))
        if text:
            content["caption" if content else "text"] = text
        if not content:
            raise ValueError(_("Write something first."))
        if given.get("reply_to"):
            target = self.network.find(chat, int(given["reply_to"]))
            if target is not None:
                content["reply_to_message"] = target.body
        message = self.network.say(chat, int(given["from"]), content, anonymous=bool(given.get("anonymous", False)))
        return web.json_response(message.body, status=201)

    async def edit(self, request: web.Request) -> web.Response:
        """`{text}`: the person who wrote a message changes it."""
        given = await _body(request)
        message = self.network.find(self._chat(request), int(request.match_info["message"]))
        if message is None:
            raise network_module.Refusal(404, "there is no such message")
        self.network.edit(message, str(given["text"]))
        return web.json_response(message.body)

    async def add_member(self, request: web.Request) -> web.Response:
        """`{member, by?}`: a person or a bot joins."""
        given, chat = await _body(request), self._chat(request)
        self.network.add_member(chat, int(given["member"]), by=int(given.get("by") or chat.people[0]))
        return web.json_response(self._summary(chat))

    async def remove_member(self, request: web.Request) -> web.Response:
        """`?by=`: somebody else removes them; without it they leave."""
        chat, member = self._chat(request), int(request.match_info["member"])
        default = chat.people[0] if member in self.network.bots and chat.people else member
        self.network.remove_member(chat, member, by=int(request.query.get("by", default)))
        return web.json_response(self._summary(chat))

    async def rename(self, request: web.Request) -> web.Response:
        given, chat = await _body(request), self._chat(request)
        self.network.rename(chat, str(given["title"]), by=int(given.get("by") or chat.people[0]))
        return web.json_response(self._summary(chat))

    async def upgrade(self, request: web.Request) -> web.Response:
        """The group becomes a supergroup → the new chat."""
        given, chat = await _body(request), self._chat(request)
        return web.json_response(
            self._summary(self.network.upgrade(chat, by=int(given.get("by") or chat.people[0]))), status=201
        )

    async def block(self, request: web.Request) -> web.Response:
        """`{blocked}`: the person of a private chat blocks or unblocks the bot."""
        given, chat = await _body(request), self._chat(request)
        self.network.block(chat, bool(given["blocked"]))
        return web.json_response(self._summary(chat))

    # --- looking ---------------------------------------------------------------------------------

    async def chats(self, request: web.Request) -> web.Response:
        """Everybody and every chat, the latest first."""
        order = sorted(self.network.chats.values(), key=lambda chat: -chat.touched)
        return web.json_response(
            {
                "chats": [self._summary(chat) for chat in order[:200]],
                "people": [{"id": p.id, "name": _name(p.user())} for p in self.network.people.values()],
                "bots": [{"id": b.id, "name": b.name, "username": b.username} for b in self.network.bots.values()],
            }
        )

    async def chat(self, request: web.Request) -> web.Response:
        """One chat with its latest messages."""
        chat = self._chat(request)
        messages = self.network.messages.get(chat.key, [])[-200:]
        return web.json_response({**self._summary(chat), "messages": [self._bubble(m) for m in messages]})

    async def file(self, request: web.Request) -> web.Response:
        """A picture, for the page."""
        file = self.network.files.get(request.match_info["file"].removesuffix("-small"))
        if file is None or file.content_type not in PICTURES:
            raise web.HTTPNotFound
        return web.Response(
            body=base64.b64decode(file.content),
            content_type=file.content_type,
            headers=shell_module.SECURITY_HEADERS,
        )

    def _summary(self, chat: records.Chat) -> Json:
        network = self.network
        last = next((m for m in reversed(network.messages.get(chat.key, [])) if not m.deleted), None)
        title = chat.title
        if chat.type == "private":
            title = f"{_name(network.user(chat.person))} ↔ {network.bots[chat.bot].name}"
        people = [chat.person] if chat.type == "private" else chat.people
        bots = [chat.bot] if chat.type == "private" else chat.bots
        return {
            "key": chat.key,
            "id": chat.id,
            "type": chat.type,
            "title": title,
            "people": [{"id": p, "name": _name(network.user(p))} for p in people],
            "bots": [{"id": b, "name": network.bots[b].name} for b in bots],
            "blocked": chat.blocked,
            "moved_to": str(chat.moved_to or ""),
            "last": _text(last.body)[:120] if last else "",
        }

    @staticmethod
    def _bubble(message: records.Message) -> Json:
        body = message.body
        sender = body.get("sender_chat") or body.get("from", {})
        service = not any(
            name in body for name in ("text", "photo", "document", "sticker", "poll", "location", "voice")
        )
        return {
            "id": message.id,
            "sender": sender.get("id"),
            "name": sender.get("title") or _name(sender),
            "bot": bool(body.get("from", {}).get("is_bot")) and "sender_chat" not in body,
            "service": service,
            "text": _text(body),
            "photo": body["photo"][-1]["file_id"] if "photo" in body else "",
            "at": body["date"],
            "edited": "edit_date" in body,
            "deleted": message.deleted,
            "reply_to": body.get("reply_to_message", {}).get("message_id"),
        }

    # --- faults and counters ---------------------------------------------------------------------

    async def faults(self, request: web.Request) -> web.Response:
        rules = self.network.faults.rules
        return web.json_response({"rules": [_rule(r) for r in rules], "kinds": sorted(faults.KINDS)})

    async def add_fault(self, request: web.Request) -> web.Response:
        """`{kind, next?, every?, chat?, method?, seconds?, retry_after?, copies?}`"""
        return web.json_response(_rule(self.network.faults.add(await _body(request))), status=201)

    async def remove_faults(self, request: web.Request) -> web.Response:
        self.network.faults.remove()
        return web.json_response({"rules": []})

    async def state(self, request: web.Request) -> web.Response:
        """Counters, and every message that bots sent: `sent` and how many of them twice."""
        network = self.network
        sent = [
            (message.chat, message.body.get("text") or message.body.get("caption") or "")
            for messages in network.messages.values()
            for message in messages
            if message.body.get("from", {}).get("id") in network.bots and "sender_chat" not in message.body
        ]
        return web.json_response(
            {
                "calls": self.api.calls,
                "updates": dict(network.delivery.counts),
                "pending": sum(len(bot.pending) for bot in network.bots.values()),
                "sent": len(sent),
                "doubled": len(sent) - len(set(sent)),
                "bots": [
                    {"id": b.id, "webhook": b.webhook_url, "pending": len(b.pending), "last_error": b.last_error}
                    for b in network.bots.values()
                ],
            }
        )

    async def reset(self, request: web.Request) -> web.Response:
        """Forget people, chats and messages; bots and their webhooks stay, unless `?all=1`."""
        network, bots = self.network, self.network.bots
        network.clear()
        network.faults.remove()
        self.api.calls.clear()
        network.delivery.counts.clear()
        if not request.query.get("all"):
            network.bots = bots
        for bot in bots.values():
            bot.pending.clear()
            network.delivery.restart(bot)
        network.shell.announce("telegram", {})
        return web.json_response({"reset": True})

    async def page(self, request: web.Request) -> web.Response:
        words = {f"w_{name}": html.escape(text) for name, text in _words().items()}
        return self.network.shell.page(
            HERE / "templates" / "chats.html", title=_("Telegram"), current="/simulator/telegram/", **words
        )


def _rule(rule: faults.Rule) -> Json:
    return {name: getattr(rule, name) for name in rule.__slots__}


def _name(user: Json) -> str:
    return f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()


def _text(body: Json) -> str:
    """What a bubble says; things that happened in words of their own."""
    for name in ("text", "caption"):
        if name in body:
            return str(body[name])
    happened = {
        "new_chat_members": _("{} joined"),
        "left_chat_member": _("{} left"),
        "new_chat_title": _("The group is now called {}"),
        "group_chat_created": _("The group was made"),
        "migrate_to_chat_id": _("The group became a supergroup; it goes on there"),
        "migrate_from_chat_id": _("This supergroup was a group before"),
    }
    for name, words in happened.items():
        if name in body:
            value = body[name]
            who = value if isinstance(value, list) else [value]
            return words.format(", ".join(_name(user) if isinstance(user, dict) else str(user) for user in who))
    known = {"message_id", "chat", "date", "from", "sender_chat", "photo", "reply_to_message"}
    rest = {k: v for k, v in body.items() if k not in known}
    return json.dumps(rest, ensure_ascii=False)[:300] if rest else ""


def _words() -> dict[str, str]:
    return {
        "chats": _("Chats"),
        "nothing": _("Nobody is here yet. Add a person, then let them write to the bot or make a group."),
        "no_bot": _("No bot is known yet: start Parley with a Telegram account, or add a bot with its token."),
        "choose": _("Choose a chat to read and write in it."),
        "write": _("Write as"),
        "message": _("Message"),
        "send": _("Send"),
        "photo": _("Photo"),
        "add_person": _("Add a person"),
        "first_name": _("First name"),
        "add": _("Add"),
        "make_group": _("Make a group"),
        "title": _("Title"),
        "make": _("Make"),
        "open_private": _("Write to the bot"),
        "who": _("Who"),
        "bot": _("Bot"),
        "open": _("Open"),
        "add_bot": _("Add a bot"),
        "token": _("Token"),
        "leave": _("Leave as this person"),
        "join": _("Bring in"),
        "remove_bot": _("Remove the bot"),
        "upgrade": _("Upgrade to a supergroup"),
        "block": _("Block the bot"),
        "unblock": _("Unblock the bot"),
        "edited": _("edited"),
        "deleted": _("deleted"),
        "moved": _("This group became a supergroup."),
        "go_there": _("Go there"),
        "back": _("All chats"),
        "members": _("Members"),
        "group": _("group"),
        "supergroup": _("supergroup"),
        "private": _("private"),
    }
