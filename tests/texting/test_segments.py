"""Segments are counted as the network counts them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.texting import segments


@pytest.mark.parametrize(
    ("text", "encoding", "count", "left"),
    [
        ("", "GSM-7", 0, 160),
        ("a" * 160, "GSM-7", 1, 0),
        ("a" * 161, "GSM-7", 2, 145),
        ("a" * 306, "GSM-7", 2, 0),
        ("a" * 307, "GSM-7", 3, 152),
        ("€" * 80, "GSM-7", 1, 0),
        ("€" * 81, "GSM-7", 2, 143),
        ("é" * 160, "GSM-7", 1, 0),
        ("ê" + "a" * 69, "UCS-2", 1, 0),
        ("ê" + "a" * 70, "UCS-2", 2, 63),
        ("👍" * 35, "UCS-2", 1, 0),
        ("👍" * 36, "UCS-2", 2, 61),
    ],
)
def test_segments_at_the_edges(text, encoding, count, left):
    counted = segments.count(text)

    assert (counted.encoding, counted.segments, counted.left_in_segment) == (encoding, count, left)


def test_an_escape_pair_is_not_split_over_two_segments():
    counted = segments.count("a" * 152 + "[" + "b" * 152)

    assert counted.units == 306
    assert counted.segments == 3


def test_a_surrogate_pair_is_not_split_over_two_segments():
    counted = segments.count("a" * 66 + "👍" + "b" * 66)

    assert counted.units == 134
    assert counted.segments == 3


def test_the_characters_that_make_a_text_dear_are_named_once_each():
    counted = segments.count("It’s “on” ’til 5 👍")

    assert counted.offending == ["’", "“", "”", "👍"]
    assert counted.characters == 18
    assert counted.units == 19


def test_dear_punctuation_becomes_cheap():
    replaced = segments.to_gsm("“Don’t” wait\u00a0– it’s now\u2026 or\u200b never—ok? `yes`\t• one")

    assert replaced == "\"Don't\" wait - it's now... or never-ok? 'yes' * one"
    assert segments.count(replaced).encoding == "GSM-7"


def test_letters_and_emoji_stay_what_they_are():
    assert segments.to_gsm("¿Votarás mañana, José? 👍 Łódź") == "¿Votarás mañana, José? 👍 Łódź"


def test_a_letter_in_two_parts_is_composed():
    assert segments.to_gsm("Jose\u0301") == "José"


@settings(deadline=None)
@given(st.text(max_size=400))
def test_replacing_twice_changes_nothing_more(text):
    once = segments.to_gsm(text)

    assert segments.to_gsm(once) == once


@settings(deadline=None)
@given(st.text(alphabet="ab[€é👍ê ", max_size=400))
def test_the_last_segment_is_never_overfull(text):
    counted = segments.count(text)

    capacity = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[counted.encoding][counted.segments > 1]
    assert 0 <= counted.left_in_segment <= capacity
    assert counted.segments * capacity >= counted.units
