"""Contacts are texted only while it is day wherever they may be."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.texting import hours
from parley.texting.hours import places

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
NINE_TO_NINE = hours.TextingHours(enforced=True, start=9, end=21, timezone=EASTERN)


def key(*zones: str, state: str | None = None) -> hours.HoursGroupKey:
    return hours.HoursGroupKey(zones=tuple(sorted(zones)), state=state)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def local(text: str, zone: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))


def span(text: str, zone: str = EASTERN) -> tuple[dt.datetime, dt.datetime]:
    day, start, end = text.split()
    return local(f"{day}T{start}:00", zone), local(f"{day}T{end}:00", zone)


@pytest.mark.parametrize(
    ("written", "zones", "state"),
    [
        ("02139", {EASTERN}, "MA"),
        ("2139", {EASTERN}, "MA"),
        (2139, {EASTERN}, "MA"),
        ("501", {EASTERN}, "NY"),
        ("02139-1234", {EASTERN}, "MA"),
        ("2139-1234", {EASTERN}, "MA"),
        ("021391234", {EASTERN}, "MA"),
        ("2139.0", {EASTERN}, "MA"),
        (" 90210 ", {PACIFIC}, "CA"),
        ("00601", {"America/Puerto_Rico"}, "PR"),
        ("32401", {EASTERN, CENTRAL}, "FL"),
        ("32399", {EASTERN}, "FL"),
        ("32501", {CENTRAL}, "FL"),
        ("79901", {MOUNTAIN}, "TX"),
        ("79701", {CENTRAL}, "TX"),
        ("85001", {"America/Phoenix"}, "AZ"),
        ("86001", {"America/Phoenix", MOUNTAIN}, "AZ"),
        ("96813", {"Pacific/Honolulu"}, "HI"),
        ("96799", {"Pacific/Pago_Pago"}, "AS"),
        ("96910", {"Pacific/Guam"}, "GU"),
        ("99501", {"America/Anchorage"}, "AK"),
        ("99950", {"America/Anchorage"}, "AK"),
        ("M5V 3L9", {"America/Toronto"}, "ON"),
        ("m5v", {"America/Toronto"}, "ON"),
        ("00000", set(), None),
        ("09012", set(), None),
        ("99", set(), None),
        ("123456", set(), None),
        ("n/a", set(), None),
        ("", set(), None),
    ],
)
def test_zips_speak_of_zones_and_a_state(written, zones, state):
    assert places.of_zip(str(written)) == (frozenset(zones), state)


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("MA", "MA"),
        ("ma", "MA"),
        ("Massachusetts", "MA"),
        (" new  york ", "NY"),
        ("D.C.", "DC"),
        ("Ontario", "ON"),
        ("Narnia", None),
        ("", None),
    ],
)
def test_states_are_read_by_code_or_name(written, state):
    assert places.of_state(written)[1] == state


@pytest.mark.parametrize(
    ("zip_code", "state", "cell", "zones"),
    [
        ("02139", "MA", "+16175550123", {EASTERN}),
        ("02139", None, "+14155550123", {EASTERN, PACIFIC}),
        ("02139", "CA", None, {EASTERN, PACIFIC}),
        ("32501", "FL", "+13055550123", {CENTRAL, EASTERN}),
        (None, "TN", None, {EASTERN, CENTRAL}),
        ("37201", "TN", None, {CENTRAL}),
        (None, "TN", "+16155550123", {EASTERN, CENTRAL}),
        (None, None, "+16175550123", {EASTERN}),
        (None, None, "+12085550123", {MOUNTAIN, PACIFIC}),
        (None, None, "+18005550123", set()),
        (None, None, "+442079460000", {"Europe/London"}),
        ("00000", "??", "nonsense", set()),
        (None, None, None, set()),
        ("", "", "", set()),
    ],
)
def test_sources_that_agree_refine_and_those_that_disagree_all_count(zip_code, state, cell, zones):
    assert set(hours.group_for(zip_code, state, cell).zones) == zones


@pytest.mark.parametrize(
    ("zip_code", "state", "cell", "law"),
    [
        ("33101", None, None, "FL"),
        ("02139", "MA", "+16175550123", None),
        ("02139", None, "+13055550123", "FL"),
        ("77001", None, "+14015550123", "RI"),
        (None, "Texas", None, "TX"),
    ],
)
def test_the_strictest_state_of_a_contact_is_kept(zip_code, state, cell, law):
    assert hours.group_for(zip_code, state, cell).state == law


def test_a_wide_country_is_known_by_its_edges():
    zones = hours.group_for(None, None, "+61412345678").zones

    assert 1 < len(zones) <= 4
    assert len(",".join(zones)) < 100


@pytest.mark.parametrize(
    ("start", "end", "hour", "expected"),
    [
        (5, 7, 12, False),
        (14, 21, 12, False),
        (10, 21, 12, True),
        (12, 21, 12, True),
        (10, 12, 12, False),
        (10, 13, 12, True),
        (0, 24, 3, True),
    ],
)
def test_the_start_is_inside_and_the_end_is_not(start, end, hour, expected):
    rule = hours.TextingHours(enforced=True, start=start, end=end, timezone=EASTERN)

    assert hours.is_open(key(EASTERN), rule, local(f"2026-02-03T{hour:02}:00", EASTERN)) is expected


def test_the_window_is_in_utc_and_may_end_on_the_next_day():
    opened = hours.window(key(EASTERN), NINE_TO_NINE, utc("2026-02-03T20:00"))

    assert opened == (utc("2026-02-03T14:00"), utc("2026-02-04T02:00"))
    assert opened[0].tzinfo is dt.UTC


def test_contacts_who_may_be_in_two_zones_get_the_hours_of_both():
    assert hours.window(key(EASTERN, PACIFIC), NINE_TO_NINE, utc("2026-02-03T16:00")) == span("2026-02-03 12 21")


def test_of_whom_nothing_is_known_hears_from_us_from_noon_to_nine_eastern():
    assert hours.window(key(), NINE_TO_NINE, utc("2026-02-03T12:00")) == span("2026-02-03 12 21")


def test_the_senders_own_hours_narrow_those_of_unknown_contacts():
    rule = hours.TextingHours(enforced=True, start=10, end=18, timezone=EASTERN)

    assert hours.window(key(), rule, utc("2026-02-03T12:00")) == span("2026-02-03 12 18")


def test_after_closing_the_next_window_is_tomorrows():
    evening = local("2026-02-03T21:00", EASTERN)

    assert not hours.is_open(key(EASTERN), NINE_TO_NINE, evening)
    assert hours.closes_at(key(EASTERN), NINE_TO_NINE, evening) is None
    assert hours.next_opening(key(EASTERN), NINE_TO_NINE, evening) == local("2026-02-04T09:00", EASTERN)


def test_while_open_it_closes_at_the_end_and_opens_now():
    noon = local("2026-02-03T12:00", EASTERN)

    assert hours.closes_at(key(EASTERN), NINE_TO_NINE, noon) == local("2026-02-03T21:00", EASTERN)
    assert hours.next_opening(key(EASTERN), NINE_TO_NINE, noon) == noon


@pytest.mark.parametrize(
    ("zone", "day", "opens"),
    [
        (EASTERN, "2026-03-07", "14:00"),
        (EASTERN, "2026-03-08", "13:00"),
        (EASTERN, "2026-11-01", "14:00"),
        ("America/Phoenix", "2026-07-01", "16:00"),
        ("America/Phoenix", "2026-01-01", "16:00"),
        ("Asia/Kathmandu", "2026-01-01", "03:15"),
        ("Europe/London", "2026-01-01", "09:00"),
        ("UTC", "2026-01-01", "09:00"),
    ],
)
def test_clocks_follow_their_zone_through_daylight_saving(zone, day, opens):
    opened = hours.window(key(zone), NINE_TO_NINE, local(f"{day}T10:00", zone))

    assert opened is not None
    assert opened[0] == utc(f"{day}T{opens}")


def test_sydney_summer_is_in_january():
    sydney = key("Australia/Sydney")

    assert hours.next_opening(sydney, NINE_TO_NINE, utc("2026-01-09T12:00")) == utc("2026-01-09T22:00")
    assert hours.next_opening(sydney, NINE_TO_NINE, utc("2026-07-09T12:00")) == utc("2026-07-09T23:00")


def test_zones_with_no_hour_in_common_never_open():
    rule = hours.TextingHours(enforced=True, start=9, end=12, timezone=EASTERN)

    assert hours.window(key(EASTERN, "Asia/Tokyo"), rule, utc("2026-02-03T12:00")) is None
    assert hours.next_opening(key(EASTERN, "Asia/Tokyo"), rule, utc("2026-02-03T12:00")) is None
    assert not hours.is_open(key(EASTERN, "Asia/Tokyo"), rule, utc("2026-02-03T12:00"))


def test_not_enforced_is_always_open():
    rule = hours.TextingHours(enforced=False, start=9, end=10, timezone="")
    night = utc("2026-02-03T07:00")

    assert hours.window(key(state="RI"), rule, night) is hours.ALWAYS
    assert hours.is_open(key(), rule, night)
    assert hours.closes_at(key(), rule, night) is None
    assert hours.next_opening(key(), rule, night) == night


@pytest.mark.parametrize(
    ("state", "day", "expected"),
    [
        ("FL", "2026-02-03", "9 20"),
        ("CT", "2026-02-03", "9 20"),
        ("TX", "2026-02-07", "9 21"),
        ("TX", "2026-02-08", "12 21"),
        ("RI", "2026-02-06", "9 18"),
        ("RI", "2026-02-07", "10 17"),
        ("RI", "2026-02-08", "10 17"),
        (None, "2026-02-08", "9 21"),
    ],
)
def test_stricter_states_narrow_the_hours(state, day, expected):
    assert hours.window(key(EASTERN, state=state), NINE_TO_NINE, local(f"{day}T12:00", EASTERN)) == span(
        f"{day} {expected.replace('9', '09', 1) if expected.startswith('9') else expected}"
    )


def test_stricter_states_can_be_left_aside():
    opened = hours.window(key(EASTERN, state="RI"), NINE_TO_NINE, local("2026-02-08T12:00", EASTERN), state_rules=False)

    assert opened == span("2026-02-08 09 21")


def test_a_day_without_a_common_hour_is_passed_over():
    early = hours.TextingHours(enforced=True, start=8, end=11, timezone=EASTERN)

    assert hours.next_opening(key(CENTRAL, state="TX"), early, local("2026-02-08T08:00", CENTRAL)) == local(
        "2026-02-09T09:00", CENTRAL
    )


def test_round_the_clock_has_no_gap_at_midnight():
    rule = hours.TextingHours(enforced=True, start=0, end=24, timezone=EASTERN)

    closing = hours.closes_at(key(EASTERN), rule, utc("2026-02-03T04:59"))

    assert closing is not None
    assert closing > utc("2026-02-04T12:00")


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [(21, 9, EASTERN), (9, 9, EASTERN), (-1, 5, EASTERN), (9, 25, EASTERN), (9, 21, "Mars/Olympus")],
)
def test_hours_that_are_none_are_refused(start, end, zone):
    with pytest.raises(ValueError, match=r"texting hours|time zone"):
        hours.TextingHours(enforced=True, start=start, end=end, timezone=zone)


@settings(deadline=None)
@given(
    now=st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)),
    zones=st.sets(
        st.sampled_from(
            [EASTERN, CENTRAL, MOUNTAIN, PACIFIC, "America/Phoenix", "Pacific/Honolulu", "America/St_Johns"]
        ),
        min_size=1,
        max_size=3,
    ),
    start=st.integers(5, 11),
    end=st.integers(18, 23),
)
def test_open_means_within_the_hours_on_every_candidate_clock(now, zones, start, end):
    rule = hours.TextingHours(enforced=True, start=start, end=end, timezone="")

    expected = all(start <= now.astimezone(zoneinfo.ZoneInfo(zone)).hour < end for zone in zones)
    assert hours.is_open(key(*zones), rule, now) is expected


def test_every_zip_prefix_shares_a_zone_with_its_state():
    for prefix in range(1000):
        zones, state = places.of_zip(f"{prefix:03}01")
        if state:
            assert zones & places.of_state(state)[0]
