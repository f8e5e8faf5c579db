"""Keys to the event stream."""

from __future__ import annotations

import pytest

from parley.web import live

KEY = live.sign(["campaign:1", "conversation:2"], 7, secret="secret", now=1000.0)


def test_a_key_opens_its_topics() -> None:
    key = live.read(KEY, secret="secret", now=1001.0)

    assert key == live.Key(frozenset({"campaign:1", "conversation:2"}), 7, 1000 + live.LIFETIME)


def test_an_expired_key_opens_nothing() -> None:
    assert live.read(KEY, secret="secret", now=1000.0 + live.LIFETIME) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "x",
        "a.b.c",
        "é.é",
        KEY[:-2],
        KEY[1:],
        KEY.replace(".", ""),
        KEY.split(".")[0] + "." + KEY.split(".")[0],
    ],
)
def test_a_changed_key_opens_nothing(token: str) -> None:
    assert live.read(token, secret="secret", now=1001.0) is None


def test_a_key_of_another_instance_opens_nothing() -> None:
    assert live.read(KEY, secret="another", now=1001.0) is None


@pytest.mark.parametrize("number", [0, live.MOST_TOPICS + 1])
def test_a_key_has_some_topics_and_not_too_many(number: int) -> None:
    with pytest.raises(ValueError, match="topics"):
        live.sign([f"t:{n}" for n in range(number)], 1, secret="secret", now=0)
