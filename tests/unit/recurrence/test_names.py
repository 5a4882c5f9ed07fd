"""How slots are called, which is earlier, and what they are called by after an edit."""

import pytest
from pydantic import TypeAdapter, ValidationError

from actors.recurrence.expansion import due_of, first, key_of, rank, slot_at, slot_named, slots_of_day
from actors.series.bodies import SlotName
from tests.unit.recurrence.series import at, series, slot

pytestmark = pytest.mark.unit
SECOND = "2027-10-31T02:00+01:00"


def test_the_second_of_two_equal_times_is_named_by_its_offset() -> None:
    recurrence = series("FREQ=DAILY", "2027-10-30T02:00")
    assert (slot(SECOND).local, slot(SECOND).day.isoformat()) == ("2027-10-31T02:00", "2027-10-31")
    assert slot_at(recurrence, slot("2027-10-31T02:00")) == at("2027-10-31T00:00:00Z")
    assert slot_at(recurrence, slot(SECOND)) == at("2027-10-31T01:00:00Z")
    assert due_of(recurrence, slot(SECOND)) == {"local": "2027-10-31T01:00", "zone": "UTC"}
    assert due_of(recurrence, slot("2027-10-31T02:00")) == {"local": "2027-10-31T02:00", "zone": "Europe/Berlin"}


@pytest.mark.parametrize("name", ["2027-10-31", "2027-10-31T02:00", "2027-10-31T02:00:30", SECOND])
def test_a_name_of_a_slot_is_taken(name: str) -> None:
    assert TypeAdapter(SlotName).validate_python(name) == name


@pytest.mark.parametrize("name", ["2027-10-31T02:00Z", "2027-10-31+01:00", "2027-10-31T02:00+25:00", "+01:00", ""])
def test_what_names_no_slot_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(SlotName).validate_python(name)


def test_slots_are_in_order_of_instants_whatever_their_names() -> None:
    recurrence = series("FREQ=DAILY", "2027-10-30T02:00")
    names = ["2027-10-31", "2027-10-31T02:00", SECOND, "2027-10-31T02:30+01:00", "2027-10-31T03:00:00"]
    assert sorted(map(slot, reversed(names)), key=lambda one: rank(recurrence, one)) == [*map(slot, names)]


def test_a_day_is_the_key_where_it_has_one_slot() -> None:
    recurrence = series("FREQ=DAILY", "2027-10-30T02:00")
    assert [key_of(recurrence, one) for one in first(recurrence, 2)] == ["2027-10-30", "2027-10-31"]


def test_a_slot_is_found_by_its_name_and_by_its_day() -> None:
    recurrence = series("FREQ=WEEKLY", "2027-10-30T02:00")
    assert slot_named(recurrence, "2027-11-06T02:00") == slot("2027-11-06T02:00")
    assert [slot_named(recurrence, name) for name in ("2027-11-05T02:00", "2027-11-06T09:00", "2027-11-06", "x")] == [
        None
    ] * 4
    assert slots_of_day(recurrence, slot("2027-11-06").day) == [slot("2027-11-06T02:00")]
    assert slots_of_day(recurrence, slot("2027-11-07").day) == []
