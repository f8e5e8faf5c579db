"""What people on simulated phones answer: always the same for the same number and turn."""

from __future__ import annotations

import hashlib

#: Weighted by repetition; a few ask to be left alone in words that no keyword list knows.
REPLIES = (
    "Yes! Count me in",
    "Yes",
    "yes, I will be there",
    "Sure, what time does it start?",
    "Sounds good 👍",
    "Sí, claro que sí",
    "Sí, ahí estaré. ¿A qué hora?",
    "Maybe. Can you tell me more?",
    "Who is this?",
    "¿Quién es?",
    "Where is it?",
    "I have work that day, sorry",
    "No thanks",
    "No, gracias",
    "No puedo ese día",
    "not this time, but good luck!",
    "I already signed up last week",
    "Can I bring a friend?",
    "Do you have a ride for me? I don't have a car",
    "My mom would like to come too, is that ok?",
    "Is this a real person?",
    "ok",
    "Call me after 5 please",
    "I moved to another state",
    "Wrong number",
    "STOP",
    "Stop",
    "please take me off your list",
    "No me escriban más, por favor",
    "I stop by there every week, so yes!",
)


def share(number: str) -> float:
    """A number's fixed place in 0..1: the first 8 hex digits of the SHA-256 of its E.164 form, over 16^8."""
    return int(hashlib.sha256(number.encode()).hexdigest()[:8], 16) / 16**8


def reply(number: str, text: str, *, turn: int, silent: float) -> str | None:
    """What `number` answers to `text`, or None.

    `silent` is the share of numbers that never answer; `turn` counts what the number has said so far.
    A text that starts with "done" gets no answer.
    """
    if share(number) < silent or text.strip().lower().startswith("done"):
        return None
    digest = hashlib.sha256(f"{number}/{turn}".encode()).digest()
    return REPLIES[int.from_bytes(digest[:4]) % len(REPLIES)]
