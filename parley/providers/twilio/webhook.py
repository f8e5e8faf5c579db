"""Twilio's requests to us: is it Twilio, which events are in it, and what do they say.

No database and no network here: a webhook is answered as soon as its event is stored, and whatever
can be wrong with its meaning is found out later, by `read`.

Signature: https://www.twilio.com/docs/usage/security#validating-requests. Checked by hand rather
than by the SDK's RequestValidator, which compares character by character and signs both forms of
the address twice; a property test holds the two equal.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence

from parley.conversations import contracts
from parley.providers.twilio import errors, urls

SIGNATURE = "X-Twilio-Signature"
SIGNATURE_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
ALGORITHMS = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}

#: An empty TwiML document: we answer through the API, not in the webhook.
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out: whole message, any case
HANDLED_KEYWORDS = {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}\Z")

#: Twilio's status → ours. All of the first kind prove that Twilio has the message.
STATUSES = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "partially_delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}

MOST_FIELDS = 200
Params = Sequence[tuple[str, str]]


# --- the signature -----------------------------------------------------------------------------


def signature(url: str, params: Params, secret: str, *, algorithm: str = "HMAC_SHA1") -> str:
    """What Twilio writes into X-Twilio-Signature for a form post to `url`.

    Names in order, each followed by its values in order, doubled values once.
    """
    text = url + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.digest(secret.encode(), text.encode("utf-8", "replace"), ALGORITHMS[algorithm])
    return base64.b64encode(digest).decode()


def both_forms(url: str) -> Iterable[str]:
    """The address with and without its port: Twilio signs sometimes one, sometimes the other."""
    parts = urllib.parse.urlparse(url)
    if parts.port:
        yield parts.geturl()
        yield parts._replace(netloc=parts.netloc.split(":")[0]).geturl()
    else:
        yield parts.geturl()
        yield parts._replace(netloc=f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}").geturl()


def is_signed(url: str, params: Params, given: str, secret: str, *, algorithm: str = "HMAC_SHA1") -> bool:
    """Whether `given` is the signature of this request; an unknown algorithm is a no."""
    if algorithm not in ALGORITHMS or not given.isascii():
        return False
    return any(
        hmac.compare_digest(signature(form, params, secret, algorithm=algorithm), given) for form in both_forms(url)
    )


def _header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever the case of its name: a replayed request has lost Django's own mapping."""
    found = headers.get(name)
    if found is None:
        found = next((value for key, value in headers.items() if key.lower() == name.lower()), "")
    return found


def verify(request: contracts.RawWebhook, params: Params) -> None:
    """Raise WrongSignature unless the request comes from the account's Twilio.

    The secret is the account's auth token, or, for the newer form whose settings header names
    HMAC_SHA256, the shared key when one is configured (`webhook_shared_key`).
    """
    algorithm = "HMAC_SHA1"
    for part in _header(request.headers, SIGNATURE_SETTINGS).split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            algorithm = value.strip().upper()
    credentials = request.account.credentials
    secret = credentials.get("auth_token", "")
    if algorithm != "HMAC_SHA1":
        secret = credentials.get("webhook_shared_key") or secret
    given = _header(request.headers, SIGNATURE)
    if not secret or not given or not is_signed(request.url, params, given, secret, algorithm=algorithm):
        raise contracts.WrongSignature


# --- the events --------------------------------------------------------------------------------


def parse(request: contracts.RawWebhook) -> list[contracts.NewEvent]:
    """Verify, and name the one event of the request. Raises WrongSignature or Malformed."""
    try:
        params = urllib.parse.parse_qsl(
            request.body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise contracts.Malformed(f"more than {MOST_FIELDS} form fields") from error
    verify(request, params)
    # a NUL can be stored neither as text nor as JSON
    body = {name.replace("\0", ""): value.replace("\0", "") for name, value in params}
    sid = body.get("MessageSid") or body.get("SmsSid") or ""
    if not sid:
        raise contracts.Malformed("MessageSid is missing")
    if request.kind == "message":
        if not body.get("From") or not body.get("To"):
            raise contracts.Malformed("From or To is missing")
        return [received(body)]
    if request.kind == "status":
        status = body.get("MessageStatus") or body.get("SmsStatus") or ""
        if not status:
            raise contracts.Malformed("MessageStatus is missing")
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query))
        message_id = query.get(urls.MESSAGE_PARAMETER, "")
        if message_id.isdecimal():
            body["our_message_id"] = message_id
        return [contracts.NewEvent(key=f"{sid}:{status}", kind="status", lane=sid, body=body)]
    raise contracts.Malformed(f"Twilio has no webhook {request.kind!r}")


def received(body: contracts.Json) -> contracts.NewEvent:
    """The event of a message to us, from a webhook's parameters or from what `catch_up` puts together."""
    return contracts.NewEvent(
        key=f"{body.get('MessageSid') or body['SmsSid']}:received", kind="message", lane=body["From"], body=body
    )


# --- what they say -----------------------------------------------------------------------------


def read(*, event_id: int, kind: str, body: contracts.Json) -> contracts.Reading:
    """Read a stored event. Raises KeyError or ValueError for what cannot be read."""
    if kind == "status":
        return _read_status(event_id, body)
    if kind == "message":
        return _read_message(event_id, body)
    raise ValueError(f"no such kind of event: {kind}")


def _read_status(event_id: int, body: contracts.Json) -> contracts.Reading:
    given = body.get("MessageStatus") or body["SmsStatus"]
    status = STATUSES.get(given)
    if status is None:
        return contracts.Ignored(event_id=event_id, why=f"status {given}")
    code = body.get("ErrorCode") or None
    known = errors.classify(code) if status == "failed" else None
    kind = known.kind if known else None
    segments = body.get("NumSegments", "")
    message_id = body.get("our_message_id")
    return contracts.Report(
        event_id=event_id,
        message_id=int(message_id) if message_id else None,
        provider_id=body.get("MessageSid") or body["SmsSid"],
        status=status,
        error_code=code if status == "failed" else None,
        opted_out=kind is errors.Kind.OPTED_OUT,
        unreachable=kind is errors.Kind.BAD_NUMBER,
        segments=int(segments) if segments.isdecimal() and segments != "0" else None,
        local_address=body.get("From") or None,
        stop_reason=known.meaning if known and kind is errors.Kind.STOP_CHANNEL else "",
    )


def _read_message(event_id: int, body: contracts.Json) -> contracts.Inbound:
    count = body.get("NumMedia", "0")
    media = [
        contracts.Media(
            url=body.get(f"MediaUrl{index}", ""),
            content_type=body.get(f"MediaContentType{index}", ""),
            reference=body.get(f"MediaUrl{index}", "").rpartition("/")[2],
        )
        for index in range(int(count) if count.isdecimal() else 0)
    ]
    text = body.get("Body", "")
    sent = body.get("our_date_sent")
    return contracts.Inbound(
        event_id=event_id,
        channel_address=body.get("MessagingServiceSid") or None,
        address=body["From"],
        local_address=body["To"],
        provider_id=body.get("MessageSid") or body["SmsSid"],
        text=text,
        media=[item for item in media if item.url],
        payload={name: body[name] for name in ("FromCity", "FromState", "FromZip", "FromCountry") if body.get(name)},
        sender_address=body["From"],
        handled_keyword=handles_keyword(text, to=body["To"], opt_out_type=body.get("OptOutType", "")),
        said_at=dt.datetime.fromisoformat(sent) if sent else None,
    )


def handles_keyword(text: str, *, to: str, opt_out_type: str = "") -> bool:
    """Whether Twilio (or, for toll-free numbers, the network) has blocked and answered this itself."""
    if opt_out_type:
        return opt_out_type.upper() == "STOP"
    word = text.strip().upper()
    return word == "STOP" if TOLL_FREE.match(to) else word in HANDLED_KEYWORDS
