"""Which time a line says, in four languages (rules 7 to 9)."""

import pytest

from tests.unit.language.lines import due, read

pytestmark = pytest.mark.unit

TOMORROW, TODAY = "2026-12-01T", "2026-11-30T"


@pytest.mark.parametrize(
    ("language", "words", "local"),
    [
        ("en", "9am", TOMORROW + "09:00"),
        ("en", "7.30pm", TODAY + "19:30"),
        ("en", "8 p.m.", TODAY + "20:00"),
        ("en", "12am", TOMORROW + "00:00"),
        ("en", "12pm", TODAY + "12:00"),
        ("en", "16:45", TODAY + "16:45"),
        ("en", "11h15", TODAY + "11:15"),
        ("en", "at half past nine", TOMORROW + "09:30"),
        ("en", "at quarter to 9 pm", TODAY + "20:45"),
        ("en", "at nine", TOMORROW + "09:00"),
        ("en", "at 9.30", TOMORROW + "09:30"),
        ("en", "at midnight", TOMORROW + "00:00"),
        ("en", "tonight", TODAY + "20:00"),
        ("en", "tonight at 9", TODAY + "21:00"),
        ("en", "this evening at 8", TODAY + "20:00"),
        ("en", "in the morning", TOMORROW + "09:00"),
        ("en", "tomorrow evening 7:30", TOMORROW + "19:30"),
        ("en", "tomorrow at 3 in the afternoon", TOMORROW + "15:00"),
        ("en", "in an hour and a half", TODAY + "11:30"),
        ("en", "in 1 hour and 30 minutes", TODAY + "11:30"),
        ("de", "9 Uhr 30", TOMORROW + "09:30"),
        ("de", "um 9.30 Uhr", TOMORROW + "09:30"),
        ("de", "halb eins", TODAY + "12:30"),
        ("de", "um viertel vor neun", TOMORROW + "08:45"),
        ("de", "dreiviertel neun", TOMORROW + "08:45"),
        ("de", "morgen früh", TOMORROW + "09:00"),
        ("de", "morgen frueh um 7", TOMORROW + "07:00"),
        ("de", "heute Abend um 8", TODAY + "20:00"),
        ("de", "um 8 Uhr abends", TODAY + "20:00"),
        ("de", "um 1 Uhr mittags", TODAY + "13:00"),
        ("de", "um 11 Uhr mittags", TODAY + "11:00"),
        ("de", "um 2 Uhr nachts", TOMORROW + "02:00"),
        ("de", "am Dienstagabend", TOMORROW + "19:00"),
        ("de", "Dienstag Morgen", TOMORROW + "09:00"),
        ("de", "morgen Mittag", TOMORROW + "12:00"),
        ("de", "in einer halben Stunde", TODAY + "10:30"),
        ("de", "in anderthalb Stunden", TODAY + "11:30"),
        ("fr", "à 9h", TOMORROW + "09:00"),
        ("fr", "à 9 h 30", TOMORROW + "09:30"),
        ("fr", "à neuf heures et demie", TOMORROW + "09:30"),
        ("fr", "à 9 heures moins le quart", TOMORROW + "08:45"),
        ("fr", "à 8 heures du soir", TODAY + "20:00"),
        ("fr", "14h", TODAY + "14:00"),
        ("fr", "ce soir", TODAY + "19:00"),
        ("fr", "demain après-midi à 3h", TOMORROW + "15:00"),
        ("fr", "dans une heure et demie", TODAY + "11:30"),
        ("fr", "demain midi", TOMORROW + "12:00"),
        ("es", "a las 9 y cuarto", TOMORROW + "09:15"),
        ("es", "a las nueve y media", TOMORROW + "09:30"),
        ("es", "a las diez menos cuarto", TOMORROW + "09:45"),
        ("es", "a las 9:30 de la noche", TODAY + "21:30"),
        ("es", "a las 9 de la mañana", TOMORROW + "09:00"),
        ("es", "mañana por la mañana", TOMORROW + "09:00"),
        ("es", "el martes por la tarde", TOMORROW + "15:00"),
        ("es", "esta noche a las 9", TODAY + "21:00"),
        ("es", "al mediodía", TODAY + "12:00"),
        ("es", "a la una", TOMORROW + "01:00"),
        ("es", "en media hora", TODAY + "10:30"),
    ],
)
def test_a_time_leaves_the_title(language: str, words: str, local: str) -> None:
    parsed = read(f"Zürich {words}", language)
    assert (parsed.title, due(parsed)) == ("Zürich", local)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Meet 3-4 people"),
        ("en", "Buy 9 eggs"),
        ("en", "Order 45min course"),
        ("en", "Call 13pm"),
        ("en", "Call 24:00"),
        ("en", "Call at 25"),
        ("en", "Good morning call"),
        ("en", "Opening hours 9:00-10:00"),
        ("en", "Look at a, then b"),
        ("fr", "Travailler 2h sur le rapport"),
        ("es", "Aprovechar la mañana"),
    ],
)
def test_what_is_no_time_is_title(language: str, text: str) -> None:
    parsed = read(text, language)
    assert (parsed.title, parsed.due) == (text, None)


def test_a_day_that_is_named_holds() -> None:
    assert due(read("Call today at 9")) == "2026-11-30T09:00"
    assert due(read("Call friday at 9")) == "2026-12-04T09:00"
    assert due(read("Call at 9 friday")) == "2026-12-04T09:00"


def test_a_time_on_the_minute_has_passed() -> None:
    assert due(read("Call 10:00")) == "2026-12-01T10:00"
    assert due(read("Call 10:01")) == "2026-11-30T10:01"
