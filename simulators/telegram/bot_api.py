"""The Bot API's methods that Parley uses: https://core.telegram.org/bots/api#available-methods"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulators.telegram import faults, records
from simulators.telegram import network as network_module

Json = dict[str, Any]
Refusal = network_module.Refusal
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


class Call:
    """One request: the bot that asks, and its parameters however they were sent."""

    def __init__(self, bot: records.Bot, given: Json) -> None:
        self.bot = bot
        self.given = given

    def text(self, name: str) -> str:
        return str(self.given.get(name, ""))

    def number(self, name: str) -> int:
        try:
            return int(self.given.get(name, 0))
        except (TypeError, ValueError):
            raise Refusal(400, f"Bad Request: {name} must be a number") from None

    def structure(self, name: str) -> Any:
        """A parameter that is JSON of its own in a form, and plain in a JSON body."""
        value = self.given.get(name)
        return json.loads(value) if isinstance(value, str) and value else value


class BotApi:
    def __init__(self, network: network_module.Network) -> None:
        self.network = network
        self.calls: dict[str, int] = {}
        self.methods: dict[str, Callable[[Call], Any]] = {
            "getme": self.get_me,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "sendmessage": self.send_message,
            "sendphoto": self.send_photo,
            "senddocument": self.send_document,
            "editmessagetext": self.edit_message_text,
            "deletemessage": self.delete_message,
            "getfile": self.get_file,
            "leavechat": self.leave_chat,
        }

    # --- the wire --------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """`/telegram/bot<token>/<method>`, by GET or POST, in any of the forms that Telegram takes."""
        try:
            bot = self._bot(request.match_info["token"])
            name = request.match_info["method"].lower()
            if name not in self.methods:
                raise Refusal(404, "Not Found")
            self.calls[name] = self.calls.get(name, 0) + 1
            call = Call(bot, await _parameters(request))
            rule = self.network.faults.on_call(chat=call.text("chat_id"), method=name)
            if rule is not None:
                return await self._fail(request, rule, name, call)
            return web.json_response({"ok": True, "result": self.methods[name](call)})
        except Refusal as refusal:
            return _refusal(refusal)

    async def download(self, request: web.Request) -> web.Response:
        """`/telegram/file/bot<token>/<file_path>`"""
        try:
            self._bot(request.match_info["token"])
        except Refusal as refusal:
            return _refusal(refusal)
        for file in self.network.files.values():
            if file.path == request.match_info["path"]:
                return web.Response(body=base64.b64decode(file.content), content_type=file.content_type)
        raise web.HTTPNotFound

    def _bot(self, token: str) -> records.Bot:
        number = token.partition(":")[0]
        if not number.isdigit():
            raise Refusal(404, "Not Found")
        bot = self.network.bots.get(int(number))
        if bot is None or bot.token != token:
            raise Refusal(401, "Unauthorized")
        return bot

    async def _fail(self, request: web.Request, rule: faults.Rule, name: str, call: Call) -> web.StreamResponse:
        if rule.kind == "429":
            return _refusal(
                Refusal(429, f"Too Many Requests: retry after {rule.retry_after}", retry_after=rule.retry_after)
            )
        if rule.kind == "500":
            return _refusal(Refusal(500, "Internal Server Error"))
        if rule.kind == "502":
            return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
        answer: web.StreamResponse = web.Response(status=504)
        if rule.kind in ("late", "hangup"):
            answer = web.json_response({"ok": True, "result": self.methods[name](call)})
        if rule.kind == "hangup":
            assert request.transport is not None
            request.transport.close()
        else:
            await asyncio.sleep(rule.seconds)
        return answer

    # --- methods ---------------------------------------------------------------------------------

    def get_me(self, call: Call) -> Json:
        return {
            **call.bot.user(),
            "can_join_groups": True,
            "can_read_all_group_messages": not call.bot.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def set_webhook(self, call: Call) -> bool:
        bot, secret = call.bot, call.text("secret_token")
        if secret and not SECRET.fullmatch(secret):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        url = call.text("url")
        if url and not url.startswith(("http://", "https://")):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        bot.webhook_url, bot.webhook_secret = url, secret
        bot.allowed_updates = call.structure("allowed_updates") or []
        bot.max_connections = min(100, max(1, call.number("max_connections") or 40))
        bot.last_error, bot.last_error_at = "", 0
        if call.text("drop_pending_updates").lower() == "true":
            bot.pending.clear()
        self.network.touch()
        self.network.delivery.restart(bot)
        return True

    def delete_webhook(self, call: Call) -> bool:
        return self.set_webhook(Call(call.bot, {"drop_pending_updates": call.given.get("drop_pending_updates")}))

    def get_webhook_info(self, call: Call) -> Json:
        bot = call.bot
        answer: Json = {
            "url": bot.webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": len(bot.pending),
        }
        if bot.webhook_url:
            answer["max_connections"] = bot.max_connections
        if bot.allowed_updates:
            answer["allowed_updates"] = bot.allowed_updates
        if bot.last_error:
            answer["last_error_message"], answer["last_error_date"] = bot.last_error, bot.last_error_at
        return answer

    def send_message(self, call: Call) -> Json:
        chat = self._open(call)
        text = call.text("text")
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text) > LONGEST_TEXT:
            raise Refusal(400, "Bad Request: message is too long")
        return self._post(call, chat, {"text": text})

    def send_photo(self, call: Call) -> Json:
        chat = self._open(call)
        content, content_type, _ = self._file(call, "photo")
        return self._post(
            call, chat, {"photo": self.network.photo(content, content_type=content_type), **_caption(call)}
        )

    def send_document(self, call: Call) -> Json:
        chat = self._open(call)
        content, content_type, name = self._file(call, "document")
        file_id = self.network.keep_file(content, content_type=content_type, name=name)
        document = {
            "file_id": file_id,
            "file_unique_id": f"unique-{file_id}",
            "file_name": name,
            "mime_type": content_type,
            "file_size": len(content),
        }
        return self._post(call, chat, {"document": document, **_caption(call)})

    def edit_message_text(self, call: Call) -> Json:
        chat = self._open(call)
        message = self.network.find(chat, call.number("message_id"))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if message.body["from"]["id"] != call.bot.id:
            raise Refusal(400, "Bad Request: message can't be edited")
        text = call.text("text")
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if message.body.get("text") == text:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        message.body["text"], message.body["edit_date"] = text, int(time.time())
        self.network.show(chat)
        return message.body

    def delete_message(self, call: Call) -> bool:
        chat = self._open(call)
        message = self.network.find(chat, call.number("message_id"))
        if message is None:
            raise Refusal(400, "Bad Request: message to delete not found")
        own = message.body["from"]["id"] == call.bot.id
        if not own and chat.type != "private" and call.bot.id not in chat.admins:
            raise Refusal(400, "Bad Request: message can't be deleted")
        message.deleted = True
        self.network.show(chat)
        return True

    def get_file(self, call: Call) -> Json:
        file = self.network.files.get(call.text("file_id").removesuffix("-small"))
        if file is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(base64.b64decode(file.content))
        return {
            "file_id": file.id,
            "file_unique_id": f"unique-{file.id}",
            "file_size": size,
            "file_path": file.path,
        }

    def leave_chat(self, call: Call) -> bool:
        self.network.remove_member(self._open(call), call.bot.id, by=call.bot.id)
        return True

    # --- shared ----------------------------------------------------------------------------------

    def _open(self, call: Call) -> records.Chat:
        """The chat that the call names, if the bot may use it."""
        number, bot = call.number("chat_id"), call.bot
        if not number:
            raise Refusal(400, "Bad Request: chat_id is empty")
        chat = self.network.chats.get(f"{number}@{bot.id}" if number > 0 else str(number))
        if chat is None:
            if number in self.network.bots:
                raise Refusal(403, "Forbidden: bot can't send messages to bots")
            raise Refusal(400, "Bad Request: chat not found")
        if chat.moved_to:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.moved_to,
            )
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat.type != "private" and bot.id not in chat.bots:
            if bot.id in chat.kicked:
                raise Refusal(403, f"Forbidden: bot was kicked from the {chat.type} chat")
            raise Refusal(403, f"Forbidden: bot is not a member of the {chat.type} chat")
        return chat

    def _post(self, call: Call, chat: records.Chat, content: Json) -> Json:
        body = {"from": call.bot.user(), **content}
        reply = call.structure("reply_parameters")
        if reply:
            answered = self.network.find(chat, int(reply["message_id"]))
            if answered is not None:
                body["reply_to_message"] = {k: v for k, v in answered.body.items() if k != "reply_to_message"}
            elif not reply.get("allow_sending_without_reply"):
                raise Refusal(400, "Bad Request: message to be replied not found")
        return self.network.post(chat, body, by_bot=call.bot.id).body

    def _file(self, call: Call, name: str) -> tuple[bytes, str, str]:
        """An upload, an id, or an address that only a real Telegram would fetch."""
        value = call.given.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = call.given.get(value.removeprefix("attach://"))
        if isinstance(value, web.FileField):
            return value.file.read(), value.content_type, value.filename
        text = str(value or "")
        known = self.network.files.get(text)
        if known is not None:
            return base64.b64decode(known.content), known.content_type, known.path.rpartition("/")[2]
        if text.startswith(("http://", "https://")):
            return base64.b64decode(network_module.PIXEL), "image/png", text.rpartition("/")[2] or "file"
        raise Refusal(400, "Bad Request: wrong remote file identifier specified: Wrong string length")


def _caption(call: Call) -> Json:
    caption = call.text("caption")
    if len(caption) > LONGEST_CAPTION:
        raise Refusal(400, "Bad Request: message caption is too long")
    return {"caption": caption} if caption else {}


def _refusal(refusal: Refusal) -> web.Response:
    answer: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        answer["parameters"] = refusal.parameters
    return web.json_response(answer, status=refusal.status)


async def _parameters(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if not request.can_read_body:
        return given
    if request.content_type == "application/json":
        try:
            given.update(await request.json())
        except ValueError:
            raise Refusal(400, "Bad Request: can't parse JSON object") from None
    else:
        given.update(await request.post())
    return given
