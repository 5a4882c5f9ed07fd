"""What tools say in English of dues, reminders and events."""

import pytest

from actors.events import EVENTS
from web.tools.activity_words import WORDS, did, fields_changed
from web.tools.words import due_words, late_words, moment_words, reminder_words, span_words

pytestmark = pytest.mark.unit
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"offset_minutes": 30}, "30 min before it is due"),
        ({"offset_minutes": 90}, "1 h 30 min before it is due"),
        ({"offset_minutes": 0}, "when it is due"),
        ({"offset_minutes": -15}, "15 min after it is due"),
        ({"offset": "-P1D"}, "1 day before it is due"),
        ({"offset": "-P1W"}, "7 days before it is due"),
        ({"offset": "-P1DT2H"}, "1 day and 2 h before it is due"),
        ({"offset": "P-1DT11H"}, "1 day before and 11 h after it is due"),
        ({"at": "2026-12-01T08:00:00.000Z", "offset_minutes": None, "offset": None}, "at 2026-12-01 09:00"),
    ],
)
def test_a_reminder_says_how_it_is_set(spec: dict[str, object], words: str) -> None:
    assert reminder_words(spec, BERLIN) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (7, "7 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_600, "1 h"),
        (86_399, "23 h 59 min"),
        (200_000, "2 days"),
    ],
)
def test_lateness_is_said_in_its_largest_parts(seconds: float, words: str) -> None:
    assert late_words(seconds) == words


def test_times_are_those_of_the_wall() -> None:
    assert due_words({"local": "2026-12-01T09:00:00", "zone": "Asia/Tokyo"}) == "2026-12-01 09:00"
    assert [due_words({"date": "2026-12-01"}), due_words(None)] == ["2026-12-01", "no due"]
    assert moment_words("2026-07-01T22:30:00.000Z", BERLIN) == "2026-07-02 00:30"
    assert span_words(0) == "0 min"


def test_every_event_has_words() -> None:
    nobody_reads = {"user.deleted"} | {name for name in EVENTS if name.startswith("conversation.")}
    assert EVENTS.keys() - nobody_reads <= WORDS.keys()


def test_what_has_changed_is_said_in_one_line() -> None:
    changed = {
        "due": {"old": None, "new": {"date": "2026-12-01"}},
        "tags": {"old": [], "new": ["home", "diy"]},
        "checklist": {"old": [], "new": [{"text": "a"}]},
        "description": {"old": "a", "new": "a\nb"},
        "overdue_noted": {"old": None, "new": "x"},
        "look_ahead_days": {"old": 0, "new": 3},
    }
    lines = ["checklist", "description", "due no due → 2026-12-01", "look_ahead_days 0 → 3", "tags none → #home, #diy"]
    assert fields_changed(changed) == lines
    assert did("task.wilted", "Roses", {}) == 'task wilted "Roses"'
