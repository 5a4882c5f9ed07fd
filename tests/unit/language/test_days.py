"""Which day a line says, in four languages (rules 1 to 6)."""

import pytest

from tests.unit.language.lines import due, read

pytestmark = pytest.mark.unit

# What stands behind the title, by language, and the day that it is.
DAYS = [
    ("en", "today", "2026-11-30"),
    ("en", "the day after tomorrow", "2026-12-02"),
    ("en", "this friday", "2026-12-04"),
    ("en", "coming friday", "2026-12-04"),
    ("en", "next friday", "2026-12-11"),
    ("en", "friday of next week", "2026-12-11"),
    ("en", "next week on tuesday", "2026-12-08"),
    ("en", "a week on friday", "2026-12-11"),
    ("en", "next week", "2026-12-07"),
    ("en", "next month", "2026-12-01"),
    ("en", "by the end of the month", "2026-11-30"),
    ("en", "end of next month", "2026-12-31"),
    ("en", "this weekend", "2026-12-05"),
    ("en", "in two weeks", "2026-12-14"),
    ("en", "in 3 months", "2027-02-28"),
    ("en", "in a fortnight", "2026-12-14"),
    ("en", "Dec 18, 2026", "2026-12-18"),
    ("en", "on the 18th of december", "2026-12-18"),
    ("en", "Friday, 18 December", "2026-12-18"),
    ("en", "18 dec (fri)", "2026-12-18"),
    ("en", "next friday 11 dec", "2026-12-11"),
    ("en", "tomorrow, 1 december", "2026-12-01"),
    ("en", "2026-12-17 friday", "2026-12-17"),
    ("en", "friday 2026-12-18", "2026-12-18"),
    ("en", "30 november", "2026-11-30"),
    ("en", "29 feb", "2028-02-29"),
    ("en", "on the 9th", "2026-12-09"),
    ("en", "on 31st", "2026-12-31"),
    ("en", "due: friday", "2026-12-04"),
    ("en", "due on friday", "2026-12-04"),
    ("en", "12/24", "2026-12-24"),
    ("de", "übermorgen", "2026-12-02"),
    ("de", "uebermorgen", "2026-12-02"),
    ("de", "kommenden Freitag", "2026-12-04"),
    ("de", "am nächsten Freitag", "2026-12-11"),
    ("de", "naechsten Freitag", "2026-12-11"),
    ("de", "Dienstag nächste Woche", "2026-12-08"),
    ("de", "nächste Woche Dienstag", "2026-12-08"),
    ("de", "Freitag in einer Woche", "2026-12-11"),
    ("de", "Freitag in acht Tagen", "2026-12-11"),
    ("de", "nächsten Monat", "2026-12-01"),
    ("de", "bis Monatsende", "2026-11-30"),
    ("de", "am Wochenende", "2026-12-05"),
    ("de", "in zwei Monaten", "2027-01-30"),
    ("de", "am 3. Mai", "2027-05-03"),
    ("de", "am 5. Maerz", "2027-03-05"),
    ("de", "am ersten Januar", "2027-01-01"),
    ("de", "am Freitag, den 18. Dezember", "2026-12-18"),
    ("de", "Fr 18.12.", "2026-12-18"),
    ("de", "14. 3. 2027", "2027-03-14"),
    ("de", "am 14.3", "2027-03-14"),
    ("de", "bis zum 15.", "2026-12-15"),
    ("de", "fällig am Freitag", "2026-12-04"),
    ("de", "am Mo.", "2026-12-07"),
    ("fr", "après-demain", "2026-12-02"),
    ("fr", "aujourd\u2019hui", "2026-11-30"),
    ("fr", "ce vendredi", "2026-12-04"),
    ("fr", "le vendredi prochain", "2026-12-11"),
    ("fr", "mardi de la semaine prochaine", "2026-12-08"),
    ("fr", "jeudi en huit", "2026-12-10"),
    ("fr", "le mois prochain", "2026-12-01"),
    ("fr", "à la fin du mois", "2026-11-30"),
    ("fr", "ce week-end", "2026-12-05"),
    ("fr", "dans quinze jours", "2026-12-15"),
    ("fr", "le 1er mai", "2027-05-01"),
    ("fr", "le premier mai", "2027-05-01"),
    ("fr", "le vingt mars", "2027-03-20"),
    ("fr", "le 3 aout", "2027-08-03"),
    ("fr", "ven. 18 déc.", "2026-12-18"),
    ("fr", "le jeu 18 déc", "2026-12-18"),
    ("fr", "le 9", "2026-12-09"),
    ("fr", "d'ici vendredi", "2026-12-04"),
    ("fr", "au plus tard le vendredi", "2026-12-04"),
    ("es", "pasado mañana", "2026-12-02"),
    ("es", "este viernes", "2026-12-04"),
    ("es", "el viernes que viene", "2026-12-04"),
    ("es", "el próximo viernes", "2026-12-11"),
    ("es", "el martes de la próxima semana", "2026-12-08"),
    ("es", "la semana que viene", "2026-12-07"),
    ("es", "a fin de mes", "2026-11-30"),
    ("es", "este finde", "2026-12-05"),
    ("es", "dentro de dos semanas", "2026-12-14"),
    ("es", "el 3 de mayo de 2027", "2027-05-03"),
    ("es", "el veinte de marzo", "2027-03-20"),
    ("es", "el uno de mayo", "2027-05-01"),
    ("es", "vie 18 dic", "2026-12-18"),
    ("es", "sabado", "2026-12-05"),
    ("es", "antes del viernes", "2026-12-04"),
    ("es", "el viernes 15", "2027-01-15"),
]


@pytest.mark.parametrize(("language", "words", "day"), DAYS)
def test_a_day_leaves_the_title(language: str, words: str, day: str) -> None:
    parsed = read(f"Zürich {words}", language)
    assert (parsed.title, due(parsed)) == ("Zürich", day)


@pytest.mark.parametrize(("language", "words", "day"), DAYS)
def test_it_is_read_at_the_start_and_in_capitals_too(language: str, words: str, day: str) -> None:
    parsed = read(f"{words.upper()}: Zürich", language)
    assert (parsed.title, due(parsed)) == ("Zürich", day)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Notes from yesterday"),
        ("en", "Write about last monday"),
        ("en", "Read what Ana said yesterday at 5"),
        ("en", "Pay the bill of 2026-11-01"),
        ("en", "Pay the bill of 3 nov 2026"),
        ("en", "Look 3 days ago up"),
        ("de", "Notizen vom letzten Montag"),
        ("de", "Notizen von gestern Abend"),
        ("fr", "Notes de lundi dernier"),
        ("fr", "Notes d'hier soir"),
        ("es", "Notas del lunes pasado"),
        ("es", "Notas de hace 3 días"),
    ],
)
def test_what_lies_in_the_past_is_title(language: str, text: str) -> None:
    parsed = read(text, language)
    assert (parsed.title, parsed.due, parsed.spans) == (text, None, ())


@pytest.mark.parametrize("text", ["Call Feb 30", "Call 2026-13-01", "Call 31/02", "Call 13/13", "Call in 9999 years"])
def test_a_day_that_no_calendar_has_is_title(text: str) -> None:
    assert read(text).title == text


@pytest.mark.parametrize("pair", ["4/5", "4.5.", "4/5/2027"])
def test_a_pair_that_can_be_read_in_two_ways_is_not_read_in_english_in_america(pair: str) -> None:
    assert read(f"Call {pair}", "en", zone="America/Chicago").due is None
    assert due(read(f"Call {pair}", "en")) == "2027-05-04"
    assert due(read(f"Call {pair}", "es", zone="America/Bogota")) == "2027-05-04"
    assert due(read("Call 14/3", "en", zone="America/Chicago")) == "2027-03-14"
    assert due(read("Call 3/14", "en", zone="America/Chicago")) == "2027-03-14"


def test_todays_name_is_in_seven_days() -> None:
    assert due(read("Call monday")) == "2026-12-07"
    assert due(read("Call next monday")) == "2026-12-07"
    assert due(read("Call sunday", now="2026-12-06T10:00")) == "2026-12-13"
    assert due(read("Call next sunday", now="2026-12-06T10:00")) == "2026-12-13"


def test_hours_pass_really_where_clocks_change() -> None:
    assert due(read("Call in 2 hours", now="2027-03-28T01:30")) == "2027-03-28T04:30"
    assert due(read("Call in 90 minutes", now="2026-10-25T01:30")) == "2026-10-25T02:00"
    assert due(read("Call in 24 hours", now="2027-03-27T09:00")) == "2027-03-28T10:00"
