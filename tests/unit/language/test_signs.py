"""Tags, lists, priorities, reminders and requests (rules 14 to 16)."""

from typing import Any

import pytest

from tests.unit.language.lines import due, read

pytestmark = pytest.mark.unit


def offsets(*minutes: int) -> tuple[dict[str, Any], ...]:
    return tuple({"offset_minutes": number} for number in minutes)


def test_a_tag_keeps_its_case_and_is_there_once() -> None:
    assert read("Fix #2FA #Work #wörk #work").tags == ("2FA", "Work", "wörk")


def test_a_tag_keeps_accents_that_were_typed_as_signs_of_their_own() -> None:
    assert read("Fix #cafe\u0301 #\u0939\u093f\u0928\u094d\u0926\u0940 e\u0301").tags == (
        "caf\xe9",
        "\u0939\u093f\u0928\u094d\u0926\u0940",
    )


def test_ten_tags_are_taken_and_the_rest_is_title() -> None:
    parsed = read("Fix " + " ".join(f"#t{number}" for number in range(12)))
    assert (parsed.title, len(parsed.tags or ())) == ("Fix #t10 #t11", 10)


@pytest.mark.parametrize("text", ["Pay #4", "Learn C#", "x#y", "##x", "#x#y", "# heading", "Fix " + "#" + "a" * 31])
def test_other_hashes_are_title(text: str) -> None:
    assert (read(text).title, read(text).tags) == (text, None)


def test_a_list_begins_with_a_letter() -> None:
    assert (read("Paint +Home-Office").list, read("Paint +Home-Office").title) == ("Home-Office", "Paint")
    assert read("Call +49 30").list is None
    assert read("Learn C++").list is None


@pytest.mark.parametrize(
    ("language", "sign", "priority"),
    [
        ("en", "!urgent", "urgent"), ("en", "!HIGH", "high"), ("en", "!medium", "medium"), ("en", "!low", "low"),
        ("en", "!1", "urgent"), ("en", "p4", "low"), ("en", "P2", "high"), ("de", "!dringend", "urgent"),
        ("de", "!hoch", "high"), ("de", "!mittel", "medium"), ("de", "!niedrig", "low"), ("fr", "!haute", "high"),
        ("fr", "!moyenne", "medium"), ("fr", "!basse", "low"), ("es", "!urgente", "urgent"), ("es", "!alta", "high"),
        ("es", "!media", "medium"), ("es", "!baja", "low"), ("es", "!high", "high"),
    ],
)  # fmt: skip
def test_a_priority_has_a_word_in_each_language(language: str, sign: str, priority: str) -> None:
    parsed = read(f"Pay {sign} rent", language)
    assert (parsed.title, parsed.priority) == ("Pay rent", priority)


@pytest.mark.parametrize("text", ["Fix p5", "Wow !!", "Go !now", "Read mp3", "Fix p1x"])
def test_other_signs_are_title(text: str) -> None:
    assert (read(text).title, read(text).priority) == (text, None)


@pytest.mark.parametrize(
    ("language", "words", "minutes"),
    [
        ("en", "remind me 5 min and 2 hours before", (5, 120)),
        ("en", "remind me 1 day before and 2 hours before", (1440, 120)),
        ("en", "remind me half an hour before", (30,)),
        ("en", "reminder 1h30 before", (90,)),
        ("en", "remind me 2 weeks before remind me a day before", (20160, 1440)),
        ("de", "erinnere mich 1 Stunde vorher", (60,)),
        ("de", "Erinnerung fünf Minuten und 2 Std vorher", (5, 120)),
        ("de", "1 Tag vorher erinnern", (1440,)),
        ("fr", "rappel 1h avant", (60,)),
        ("fr", "rappelle-moi une demi-heure avant", (30,)),
        ("es", "recuérdame 1 hora antes", (60,)),
        ("es", "recuerdame un dia antes y 2 horas antes", (1440, 120)),
    ],
)
def test_reminders_before_the_due(language: str, words: str, minutes: tuple[int, ...]) -> None:
    parsed = read(f"Zürich 4 dec 9:00 {words}", language)
    assert (parsed.title, due(parsed)) == ("Zürich", "2026-12-04T09:00")
    assert parsed.reminders == offsets(*minutes)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "no reminder"), ("en", "without a reminder"), ("de", "ohne Erinnerung"), ("fr", "sans rappel"), ("es", "sin recordatorio")],
)  # fmt: skip
def test_no_reminder_can_be_said_in_words(language: str, words: str) -> None:
    parsed = read(f"Zürich 9:00 {words}", language)
    assert (parsed.title, parsed.reminders) == ("Zürich", ())
    assert read("Zürich 9:00", language).reminders is None


def test_a_reminder_can_have_a_time_of_its_own() -> None:
    assert read("Dentist friday 9am remind me on 3 dec at 18:00").reminders == ({"local": "2026-12-03T18:00"},)
    assert read("Zahnarzt Freitag erinnere mich am Donnerstag um 18 Uhr", "de").reminders == (
        {"local": "2026-12-03T18:00"},
    )
    assert read("Water every day at 9 remind me at 8pm").reminders == ({"local": "2026-11-30T20:00"},)
    assert read("Dentist friday remind me at 8am").reminders == ({"local": "2026-12-04T08:00"},)


@pytest.mark.parametrize("words", ["remind me 2 months before", "remind me 31 days before"])
def test_a_reminder_too_far_ahead_is_title(words: str) -> None:
    assert read(f"Dentist friday 9am {words}").title == f"Dentist {words}"


@pytest.mark.parametrize(
    ("language", "text", "title"),
    [
        ("en", "Remind me to call Ana tomorrow at 9", "call Ana"),
        ("en", "remind me tomorrow at 9 to call Ana", "call Ana"),
        ("de", "Erinnere mich daran, Ana morgen um 9 anzurufen", "Ana anzurufen"),
        ("de", "erinnere mich morgen um 9 an die Steuer", "die Steuer"),
        ("fr", "Rappelle-moi d'appeler Léa demain à 9h", "appeler Léa"),
        ("fr", "Rappelle-moi demain à 9h de payer", "payer"),
        ("es", "Recuerdame mañana a las 9 llamar a Ana", "llamar a Ana"),
    ],
)
def test_a_request_reminds_at_its_time(language: str, text: str, title: str) -> None:
    parsed = read(text, language)
    assert (parsed.title, due(parsed), parsed.reminders) == (title, "2026-12-01T09:00", offsets(0))


def test_a_request_for_a_day_has_no_reminder_of_its_own() -> None:
    parsed = read("Remind me to call Ana tomorrow")
    assert (parsed.title, due(parsed), parsed.reminders) == ("call Ana", "2026-12-01", None)


def test_a_request_without_day_and_time_is_title() -> None:
    assert read("Remind me to call Ana #home").title == "Remind me to call Ana"
    assert read("Write reminder tomorrow").title == "Write reminder"
