"""Distances from a due: their spellings, and how days on the wall differ from elapsed hours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors import offsets
from actors.clock import parse_instant
from actors.offsets import Offset
from tests.unit.actors.desk import Desk

pytestmark = pytest.mark.unit

MARCH = "2027-03-01T12:00:00Z"  # in Berlin the clocks go forward on 28 March at 2:00, and back on 31 October at 3:00


@pytest.mark.parametrize(
    ("text", "offset", "kept"),
    [
        ("-P1D", (-1, 0), "-P1D"),
        ("-P1W", (-7, 0), "-P1W"),
        ("-P007D", (-7, 0), "-P7D"),
        ("-P1DT2H", (-1, -120), "-P1DT2H"),
        ("PT11H", (0, 660), "PT11H"),
        ("+PT90M", (0, 90), "PT90M"),
        ("-P0DT0H30M0S", (0, -30), "-PT30M"),
        ("P-1DT11H", (-1, 660), "P-1DT11H"),
        ("-P1DT-11H", (-1, 660), "P-1DT11H"),
        ("-P0D", (0, 0), "P0D"),
        ("PT0S", (0, 0), "PT0M"),
    ],
)
def test_a_duration_is_read_and_kept_in_one_spelling(text: str, offset: tuple[int, int], kept: str) -> None:
    assert (offsets.read(text), offsets.canonical(text)) == (offset, kept)
    assert offsets.read(kept) == offset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "-P",
        "-P1DT",
        "P1Y",
        "P1M",
        "PT1S",
        "P1W2D",
        "P1.5D",
        "p1d",
        "P1D\n",
        "P\u0661D",
        "PT--1H",
        "1D",
        "P1H",
        "P-",
    ],
)
def test_what_is_no_such_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        offsets.read(text)


@given(st.integers(-365, 30), st.integers(-9_999, 9_999), st.integers(-59, 59))
def test_each_distance_has_a_spelling(days: int, hours: int, minutes: int) -> None:
    kept = offsets.canonical(f"P{days}DT{hours}H{minutes}M")
    assert offsets.read(kept) == Offset(days, 60 * hours + minutes)
    assert offsets.canonical(kept) == kept


@pytest.mark.parametrize(
    ("due", "reminder", "fires"),
    [
        ({"local": "2027-03-28T09:00", "zone": "Europe/Berlin"}, {"offset": "-P1D"}, "2027-03-27T08:00:00.000Z"),
        ({"local": "2027-03-28T09:00", "zone": "Europe/Berlin"}, {"offset": "-PT24H"}, "2027-03-27T07:00:00.000Z"),
        ({"local": "2027-03-28T09:00", "zone": "Europe/Berlin"}, {"offset_minutes": 1440}, "2027-03-27T07:00:00.000Z"),
        # The day first, by the wall, then the hours: 28 March 3:30 is one hour after 1:30.
        ({"local": "2027-03-29T03:30", "zone": "Europe/Berlin"}, {"offset": "-P1DT1H"}, "2027-03-28T00:30:00.000Z"),
        # 2:30 does not exist on the 28th: the first instant that does. 2:30 of 31 October: the first of two.
        ({"local": "2027-03-29T02:30", "zone": "Europe/Berlin"}, {"offset": "-P1D"}, "2027-03-28T01:00:00.000Z"),
        ({"local": "2027-11-01T02:30", "zone": "Europe/Berlin"}, {"offset": "-P1D"}, "2027-10-31T00:30:00.000Z"),
        ({"local": "2027-03-28T02:30", "zone": "Europe/Berlin"}, {"offset": "-P1D"}, "2027-03-27T01:30:00.000Z"),
        ({"date": "2027-10-31"}, {"offset": "-P1D"}, "2027-10-30T07:00:00.000Z"),
        ({"date": "2027-03-28"}, {"offset": "P-1DT11H"}, "2027-03-27T19:00:00.000Z"),  # the evening before, at eight
        ({"date": "2027-03-28"}, {"offset": "PT11H"}, "2027-03-28T18:00:00.000Z"),
        ({"date": "2028-03-01"}, {"offset": "-P365D"}, "2027-03-02T08:00:00.000Z"),
        ({"date": "2027-03-28"}, {"offset": "P30D"}, "2027-04-27T07:00:00.000Z"),
    ],
)
def test_days_are_those_of_the_wall(due: dict[str, str], reminder: dict[str, object], fires: str) -> None:
    desk = Desk().at(parse_instant(MARCH)).create(due=due, reminders=[reminder])
    assert desk.reminder() == ("pending", fires, 1)
    assert desk.task["reminders"][0].items() >= reminder.items()


def test_the_lead_is_long_enough_where_the_clocks_change() -> None:
    desk = Desk().at(parse_instant(MARCH))
    for text in ("-P1D", "-P7DT3H", "P-1DT11H", "-PT25H", "PT5M"):
        for due in ("2027-03-28", "2027-10-31", "2027-06-01"):
            desk.create(due={"date": due}, reminders=[{"offset": text}])
            anchor = parse_instant(f"{due}T{'08' if due < '2027-03-28' or due == '2027-10-31' else '07'}:00:00Z")
            early = anchor - parse_instant(desk.task["reminders"][0]["fire_at"])
            assert early <= offsets.lead_of({"offset": text})
            desk = Desk().at(parse_instant(MARCH))


def test_the_default_of_a_person_comes_in_its_own_form() -> None:
    desk = Desk()
    desk.person.defaults = {"reminder_offset_minutes": None, "reminder_offset": "-P1D"}
    desk.create(due={"date": "2026-12-01"})
    assert desk.task["reminders"][0]["offset"] == "-P1D"
    assert desk.reminder() == ("pending", "2026-11-30T08:00:00.000Z", 1)
