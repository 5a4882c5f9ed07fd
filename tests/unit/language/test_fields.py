"""What a line says in the forms that tasks and series keep, and what stays text because somebody wants it so."""

from typing import Any

import pytest

from tests.unit.language.lines import BERLIN, due, read
from web.language import fields_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "reminders"),
    [
        ("Call friday remind me 1 day before", [{"offset": "-P1D"}]),
        ("Call friday remind me 2 weeks and 90 min before", [{"offset": "-P14D"}, {"offset_minutes": 90}]),
        ("Call friday at 9 remind me at 8", [{"at": "2026-12-04T07:00:00.000Z"}]),
        ("Call friday no reminder", []),
        ("Call friday", None),
        ("Call every day at 9 remind me 1 day before", [{"offset": "-P1D"}]),
        ("Call every day at 18:00 remind me at 8", [{"offset": "-PT10H"}]),
        ("Call every day at 18:00 remind me at 20:15", [{"offset": "P-1DT2H15M"}]),
        ("Call every sunday remind me on saturday at 20:00", [{"offset": "P-1DT11H"}]),
    ],
)
def test_reminders_have_forms_that_tasks_and_series_keep(text: str, reminders: list[dict[str, Any]] | None) -> None:
    assert fields_of(read(text), BERLIN).get("reminders") == reminders


def test_a_time_of_day_is_counted_from_nine_where_clocks_change() -> None:
    parsed = read("Call every day remind me at 20:00", now="2027-03-27T10:00")
    assert fields_of(parsed, BERLIN)["reminders"] == [{"offset": "PT11H"}]


@pytest.mark.parametrize(
    ("text", "literal", "title"),
    [
        ("Read tomorrow never dies", "tomorrow", "Read tomorrow never dies"),
        ("Tag #home", "#home", "Tag #home"),
        ("Tag #home", "ome", "Tag #home"),
        ("Go !high", "!high", "Go !high"),
        ("Cafe\u0301 tomorrow e\u0301", "tomorrow", "Cafe\u0301 tomorrow e\u0301"),
        ("Call every day", "every", "Call every day"),
    ],
)
def test_a_literal_stretch_is_not_read(text: str, literal: str, title: str) -> None:
    start = text.index(literal)
    parsed = read(text, literal=[(start, start + len(literal))])
    assert (parsed.title, parsed.spans) == (title, ())


def test_another_day_counts_where_one_is_literal() -> None:
    parsed = read("Read tomorrow never dies friday", literal=[(5, 13)])
    assert (parsed.title, due(parsed)) == ("Read tomorrow never dies", "2026-12-04")
