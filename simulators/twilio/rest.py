"""What all of the simulated REST resources share: who asks, what was sent, how an answer looks."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any

from aiohttp import web

from simulators.twilio import errors, records
from simulators.twilio import exchange as exchange_module

HEADERS = {"Twilio-Request-Id": "RQ00000000000000000000000000000000"}


class Form(dict[str, str]):
    """Form fields by name (the last value counts); `lists` has all values of each."""

    lists: dict[str, list[str]]


async def form(request: web.Request) -> Form:
    found = Form()
    found.lists = {}
    body = (await request.read()).decode("utf-8", "replace")
    for name, value in urllib.parse.parse_qsl(body, keep_blank_values=True):
        found[name] = value
        found.lists.setdefault(name, []).append(value)
    return found


def account(exchange: exchange_module.Exchange, request: web.Request) -> records.Account:
    """The account that the request's credentials open. Raises Refusal 20003, or 20404 when the
    address names another one."""
    found = exchange.credentials.get(request.headers.get("Authorization", ""))
    if found is None:
        raise errors.Refusal(20003)
    named = request.match_info.get("account")
    if named is not None and named != found.sid:
        raise errors.Refusal(20404)
    return found


def answer(value: Any, *, status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(value).encode(), status=status, content_type="application/json", headers=HEADERS
    )


def page_size(query: Any) -> int:
    text = query.get("PageSize", "50")
    return min(1000, max(1, int(text))) if text.isdecimal() else 50


def page_number(query: Any) -> int:
    text = query.get("Page", "0")
    return int(text) if text.isdecimal() else 0


def seconds(form: Form, name: str) -> int | None:
    """A whole number of seconds, None when it is not given. Raises Refusal 21624 for anything else."""
    text = form.get(name)
    if not text:
        return None
    if not text.removeprefix("-").isdecimal():
        raise errors.Refusal(21624, text)
    return int(text)


def flag(value: str | None, default: bool) -> bool:
    return default if value is None else value.lower() == "true"


def page(path: str, key: str, items: list[dict[str, Any]], query: Any) -> web.Response:
    """A page of the 2010-04-01 API, cut by number."""
    size = page_size(query)
    number = page_number(query)
    shown = items[number * size : (number + 1) * size]
    more = len(items) > (number + 1) * size
    kept = [(k, v) for k, v in query.items() if k not in ("Page", "PageToken", "PageSize")]

    def link(at: int) -> str:
        return f"{path}?{urllib.parse.urlencode([*kept, ('PageSize', size), ('Page', at)])}"

    return answer(
        {
            key: shown,
            "start": number * size,
            "end": number * size + max(0, len(shown) - 1),
            "page": number,
            "page_size": size,
            "first_page_uri": link(0),
            "previous_page_uri": link(number - 1) if number else None,
            "next_page_uri": link(number + 1) if more else None,
            "uri": link(number),
        }
    )


def page_with_meta(url: str, key: str, items: list[dict[str, Any]], query: Any) -> web.Response:
    """A page of the newer APIs."""
    size = page_size(query)
    number = page_number(query)
    shown = items[number * size : (number + 1) * size]
    more = len(items) > (number + 1) * size
    return answer(
        {
            key: shown,
            "meta": {
                "page": number,
                "page_size": size,
                "first_page_url": f"{url}?PageSize={size}&Page=0",
                "previous_page_url": f"{url}?PageSize={size}&Page={number - 1}" if number else None,
                "next_page_url": f"{url}?PageSize={size}&Page={number + 1}" if more else None,
                "key": key,
                "url": f"{url}?PageSize={size}&Page={number}",
            },
        }
    )
