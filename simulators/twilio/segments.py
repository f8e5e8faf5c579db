"""How many segments a text takes on the air: 160/153 in GSM-7, 70/67 in UCS-2."""

from __future__ import annotations

# 3GPP TS 23.038, section 6.2.1: the basic table, and the extension whose characters count twice
BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = set("\f^{}\\[~]|€")


def count(text: str) -> int:
    """Segments of `text`; an empty one (a picture alone) is one."""
    if text.isascii() and BASIC.issuperset(text):
        length, single, joined = len(text), 160, 153
    elif (BASIC | EXTENSION).issuperset(text):
        length, single, joined = len(text) + sum(c in EXTENSION for c in text), 160, 153
    else:
        length, single, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // joined)
