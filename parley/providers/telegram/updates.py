"""From Telegram's updates to the core's events: https://core.telegram.org/bots/api#update

Nothing that a person said is dropped: what we do not know is stored with its kind. Addresses are
64-bit chat ids as text; negative ones are groups.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from parley.conversations import contracts

Json = dict[str, Any]

#: update type → kind of the stored event (16 characters at most)
KINDS = {
    "message": "message",
    "channel_post": "message",
    "business_message": "message",
    "edited_message": "edit",
    "edited_channel_post": "edit",
    "my_chat_member": "membership",
    "chat_member": "membership",
}
#: what the webhook asks for; Telegram leaves out `chat_member` unless it is named
ALLOWED_UPDATES = ["message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member"]
#: where we note whose update it is: the update itself does not say
BOT = "bot_id"

#: attachments that are files, in the order of the documentation; an animation also comes as a document
FILES = ("animation", "audio", "document", "photo", "sticker", "story", "video", "video_note", "voice")
#: fields of a message that are no content
ENVELOPE = frozenset(
    [
        "message_id",
        "message_thread_id",
        "direct_messages_topic",
        "from",
        "sender_chat",
        "sender_boost_count",
        "sender_business_bot",
        "sender_tag",
        "date",
        "business_connection_id",
        "chat",
        "forward_origin",
        "is_topic_message",
        "is_automatic_forward",
        "reply_to_message",
        "external_reply",
        "quote",
        "reply_to_story",
        "reply_to_checklist_task_id",
        "via_bot",
        "edit_date",
        "has_protected_content",
        "is_from_offline",
        "is_paid_post",
        "media_group_id",
        "author_signature",
        "paid_star_count",
        "entities",
        "link_preview_options",
        "suggested_post_info",
        "effect_id",
        "caption",
        "caption_entities",
        "show_caption_above_media",
        "has_media_spoiler",
        "reply_markup",
        "forward_from",
        "forward_from_chat",
        "forward_from_message_id",
        "forward_signature",
        "forward_sender_name",
        "forward_date",
    ]
)
#: service messages: things that happened to a chat, said by nobody
SERVICE = frozenset(
    [
        "chat_owner_left",
        "chat_owner_changed",
        "delete_chat_photo",
        "new_chat_photo",
        "message_auto_delete_timer_changed",
        "pinned_message",
        "successful_payment",
        "refunded_payment",
        "users_shared",
        "chat_shared",
        "gift",
        "unique_gift",
        "gift_upgrade_sent",
        "connected_website",
        "write_access_allowed",
        "passport_data",
        "proximity_alert_triggered",
        "boost_added",
        "chat_background_set",
        "checklist_tasks_done",
        "checklist_tasks_added",
        "direct_message_price_changed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "giveaway_created",
        "giveaway",
        "giveaway_winners",
        "giveaway_completed",
        "paid_message_price_changed",
        "suggested_post_approved",
        "suggested_post_approval_failed",
        "suggested_post_declined",
        "suggested_post_paid",
        "suggested_post_refunded",
        "video_chat_scheduled",
        "video_chat_started",
        "video_chat_ended",
        "video_chat_participants_invited",
        "web_app_data",
        "user_shared",
        "channel_chat_created",
    ]
)
#: what a file without a type of its own is
TYPES = {"photo": "image/jpeg", "video_note": "video/mp4", "voice": "audio/ogg", "sticker": "image/webp"}
PRESENT = {"creator", "administrator", "member", "restricted"}


def bot_id(account: contracts.Account) -> int | None:
    """The bot's own user id, which a token begins with; None where the token is malformed."""
    number = account.credentials.get("token", "").partition(":")[0]
    return int(number) if number.isascii() and number.isdigit() else None


def events(account_bot: int | None, body: bytes) -> list[contracts.NewEvent]:
    """The event of one webhook post. Raises Malformed."""
    try:
        update = json.loads(body)
    except ValueError as error:
        raise contracts.Malformed("the body is not JSON") from error
    if not isinstance(update, dict):
        raise contracts.Malformed("the body is not an update")
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise contracts.Malformed("update_id is missing")
    name, content = _named(update)
    return [
        contracts.NewEvent(
            key=str(number),
            kind=KINDS.get(name, "other"),
            lane=_lane(content),
            body={**update, BOT: account_bot},
        )
    ]


def _named(update: Json) -> tuple[str, Json]:
    """The one field beside update_id: its name and value."""
    for name, value in update.items():
        if name not in ("update_id", BOT) and isinstance(value, dict):
            return name, value
    return "", {}


def _lane(content: Json) -> str:
    chat = content.get("chat")
    if not isinstance(chat, dict):
        inner = content.get("message")
        chat = inner.get("chat") if isinstance(inner, dict) else None
    return str(chat.get("id", "")) if isinstance(chat, dict) else ""


def read(event_id: int, update: Json) -> contracts.Reading:
    """Read a stored update. Raises KeyError, TypeError or ValueError for what cannot be read."""
    name, content = _named(update)
    own = update.get(BOT)
    match KINDS.get(name):
        case "message":
            return _message(event_id, content, own=own)
        case "edit":
            return _edit(event_id, content)
        case "membership":
            return _membership(event_id, content, own=own)
        case _:
            return contracts.Ignored(event_id=event_id, why=f"update of type {name or 'nothing'}")


def _message(event_id: int, message: Json, *, own: int | None) -> contracts.Reading:
    chat = message["chat"]
    address = str(chat["id"])
    if "migrate_to_chat_id" in message:
        return contracts.Moved(event_id=event_id, old_address=address, new_address=str(message["migrate_to_chat_id"]))
    if "migrate_from_chat_id" in message:
        return contracts.Moved(event_id=event_id, old_address=str(message["migrate_from_chat_id"]), new_address=address)
    changed = _group_change(event_id, message, own=own)
    if changed is not None:
        return changed
    kind = content_kind(message)
    if kind in SERVICE:
        return contracts.Ignored(event_id=event_id, why=f"service message: {kind}")
    sender, name = _sender(message)
    return contracts.Inbound(
        event_id=event_id,
        channel_address=None,
        address=address,
        local_address=None,
        provider_id=f"{address}:{message['message_id']}",
        text=message.get("text") or message.get("caption") or "",
        media=tuple(_media(message)),
        payload=_payload(message, kind),
        sender_address=sender,
        sender_name=name,
        group=chat["type"] != "private",
        group_title=chat.get("title", ""),
        said_at=_when(message.get("date")),
        from_us=own is not None and message.get("from", {}).get("id") == own,
    )


def content_kind(message: Json) -> str:
    """text, photo, voice, poll, … : what a message consists of; `unknown` for an empty one."""
    for name in ("text", *FILES):
        if name in message:
            return name
    for name in message:
        if name not in ENVELOPE:
            return name
    return "unknown"


def _group_change(event_id: int, message: Json, *, own: int | None) -> contracts.GroupChanged | None:
    """Members who came and went, the group made or renamed; None for other messages."""
    chat = message["chat"]
    joined = message.get("new_chat_members", [])
    left = [message["left_chat_member"]] if "left_chat_member" in message else []
    # a group made with the bot among its first members has no my_chat_member in some clients
    made = "group_chat_created" in message or "supergroup_chat_created" in message
    if not (joined or left or made or "new_chat_title" in message):
        return None
    present = None
    if made or any(user["id"] == own for user in joined):
        present = True
    elif any(user["id"] == own for user in left):
        present = False
    return contracts.GroupChanged(
        event_id=event_id,
        address=str(chat["id"]),
        title=message.get("new_chat_title") or chat.get("title", ""),
        joined=tuple(_person(user) for user in joined if user["id"] != own),
        left=tuple(_person(user) for user in left if user["id"] != own),
        bot_present=present,
    )


def _edit(event_id: int, message: Json) -> contracts.Reading:
    kind = content_kind(message)
    if kind == "location":
        return contracts.Ignored(event_id=event_id, why="a live location moved")
    return contracts.Edited(
        event_id=event_id,
        provider_id=f"{message['chat']['id']}:{message['message_id']}",
        text=message.get("text") or message.get("caption") or "",
    )


def _membership(event_id: int, change: Json, *, own: int | None) -> contracts.Reading:
    chat, new, old = change["chat"], change["new_chat_member"], change["old_chat_member"]
    present, before = _present(new), _present(old)
    if chat["type"] == "private":
        # blocked or unblocked; sends tell the same by being refused
        return contracts.Ignored(event_id=event_id, why="the bot was unblocked" if present else "the bot was blocked")
    user = new["user"]
    itself = user["id"] == own
    if present == before and not itself:
        return contracts.Ignored(event_id=event_id, why="a member's rights changed")
    return contracts.GroupChanged(
        event_id=event_id,
        address=str(chat["id"]),
        title=chat.get("title", ""),
        joined=() if itself or not present else (_person(user),),
        left=() if itself or present else (_person(user),),
        bot_present=present if itself else None,
    )


def _present(member: Json) -> bool:
    if member["status"] == "restricted":
        return bool(member.get("is_member", True))
    return member["status"] in PRESENT


def _sender(message: Json) -> tuple[str, str]:
    """Address and name of who said it: a person, or a chat that speaks for itself (a channel, an
    anonymous administrator; `from` is then a stand-in that is the same everywhere)."""
    chat = message.get("sender_chat")
    if chat is None and "from" in message:
        return _person(message["from"])
    chat = chat or message["chat"]
    name = chat.get("title") or _name(chat)
    signature = message.get("author_signature")
    return str(chat["id"]), f"{name} ({signature})" if signature and name else name or signature or ""


def _person(user: Json) -> tuple[str, str]:
    return str(user["id"]), _name(user)


def _name(user: Json) -> str:
    """First and last name, either may be missing, else the user name; may be empty."""
    parts = [user.get("first_name", ""), user.get("last_name", "")]
    return " ".join(part.strip() for part in parts if part and part.strip()) or user.get("username", "")


def _media(message: Json) -> Iterator[contracts.Media]:
    """Attachments by reference: `file_id` is what getFile takes."""
    seen: set[str] = set()
    for name in FILES:
        file = message.get(name)
        if isinstance(file, list):
            # a photo comes in several sizes, the largest last
            file = file[-1] if file else None
        if not isinstance(file, dict) or "file_id" not in file or file["file_id"] in seen:
            continue
        seen.add(file["file_id"])
        kind = file.get("mime_type") or TYPES.get(name, "application/octet-stream")
        if name == "sticker":
            kind = (
                "video/webm" if file.get("is_video") else "application/x-tgsticker" if file.get("is_animated") else kind
            )
        yield contracts.Media(
            content_type=kind,
            reference=file["file_id"],
            name=file.get("file_name", ""),
            size=file.get("file_size"),
        )


def _payload(message: Json, kind: str) -> Json:
    """What pages may want beside the text; content that is no file is kept whole."""
    payload: Json = {"kind": kind}
    if kind not in ("text", "unknown", *FILES):
        payload[kind] = message[kind]
    if kind == "sticker" and message["sticker"].get("emoji"):
        payload["emoji"] = message["sticker"]["emoji"]
    if "reply_to_message" in message:
        answered = message["reply_to_message"]
        payload["reply_to"] = f"{answered['chat']['id']}:{answered['message_id']}"
    for name in ("media_group_id", "message_thread_id", "forward_origin"):
        if name in message:
            payload[name] = message[name]
    if message["chat"]["type"] == "private" and message["chat"].get("username"):
        payload["username"] = message["chat"]["username"]
    elif message.get("from", {}).get("username"):
        payload["username"] = message["from"]["username"]
    return payload


def _when(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)
