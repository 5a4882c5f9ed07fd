"""Rules of repetition, in four languages (rules 17 to 19)."""

import pytest

from tests.unit.language.lines import due, read, rule

pytestmark = pytest.mark.unit

MONDAY, TUESDAY, FRIDAY = "2026-11-30", "2026-12-01", "2026-12-04"
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


@pytest.mark.parametrize(
    ("language", "words", "expected", "first"),
    [
        ("en", "every day", "FREQ=DAILY", MONDAY),
        ("en", "daily at 9", "FREQ=DAILY", "2026-12-01T09:00"),
        ("en", "every other day", "FREQ=DAILY;INTERVAL=2", MONDAY),
        ("en", "every third week", "FREQ=WEEKLY;INTERVAL=3", MONDAY),
        ("en", "every mon-fri", WORKDAYS, MONDAY),
        ("en", "every mon, wed and fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", MONDAY),
        ("en", "every mon, wed, and fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", MONDAY),
        ("en", "every tuesday and every thursday", "FREQ=WEEKLY;BYDAY=TU,TH", TUESDAY),
        ("de", "jeden Mo + jeden Mi", "FREQ=WEEKLY;BYDAY=MO,WE", MONDAY),
        ("es", "cada martes y cada jueves", "FREQ=WEEKLY;BYDAY=TU,TH", TUESDAY),
        ("en", "every mon wed fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", MONDAY),
        ("en", "every second friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", FRIDAY),
        ("en", "every second friday of the month", "FREQ=MONTHLY;BYDAY=2FR", "2026-12-11"),
        ("en", "every 2nd and 4th tuesday", "FREQ=MONTHLY;BYDAY=2TU,4TU", "2026-12-08"),
        ("en", "on the last friday of every month", "FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25"),
        ("en", "on the first of every month", "FREQ=MONTHLY;BYMONTHDAY=1", TUESDAY),
        ("en", "every 15th and 30th", "FREQ=MONTHLY;BYMONTHDAY=15,30", MONDAY),
        ("en", "every last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", MONDAY),
        ("en", "every year on march 14", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=14", "2027-03-14"),
        ("en", "every 29 feb", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2027-02-28"),
        ("en", "every morning", "FREQ=DAILY", "2026-12-01T09:00"),
        ("en", "every tuesday evening at 8", "FREQ=WEEKLY;BYDAY=TU", "2026-12-01T20:00"),
        ("en", "every! 3 days", "FREQ=DAILY;INTERVAL=3!", MONDAY),
        ("en", "every friday after completion", "FREQ=WEEKLY!", FRIDAY),
        ("en", "weekly on friday", "FREQ=WEEKLY;BYDAY=FR", FRIDAY),
        ("en", "every friday until 6 jan", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20270106", FRIDAY),
        ("en", "every day until the 15th", "FREQ=DAILY;UNTIL=20261215", MONDAY),
        ("en", "every mon and wed for 2 weeks", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", MONDAY),
        ("en", "every 2 weeks for 8 weeks", "FREQ=WEEKLY;INTERVAL=2;COUNT=4", MONDAY),
        ("en", "every day 10 times", "FREQ=DAILY;COUNT=10", MONDAY),
        ("en", "every 3 days starting tomorrow", "FREQ=DAILY;INTERVAL=3", TUESDAY),
        ("en", "every day from 7 dec until 11 dec", "FREQ=DAILY;UNTIL=20261211", "2026-12-07"),
        ("de", "jeden zweiten Tag", "FREQ=DAILY;INTERVAL=2", MONDAY),
        ("de", "jeden zweiten Freitag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", FRIDAY),
        ("de", "jeden zweiten Freitag im Monat", "FREQ=MONTHLY;BYDAY=2FR", "2026-12-11"),
        ("de", "jeden letzten Freitag", "FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25"),
        ("de", "taeglich um 9", "FREQ=DAILY", "2026-12-01T09:00"),
        ("de", "montags und mittwochs um 18 Uhr", "FREQ=WEEKLY;BYDAY=MO,WE", "2026-11-30T18:00"),
        ("de", "jeden Freitagabend", "FREQ=WEEKLY;BYDAY=FR", "2026-12-04T19:00"),
        ("de", "jeden Werktag um 7", WORKDAYS, "2026-12-01T07:00"),
        ("de", "am letzten Tag jedes Monats", "FREQ=MONTHLY;BYMONTHDAY=-1", MONDAY),
        ("de", "jeden 15.", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-12-15"),
        ("de", "jeden Montag fünfmal", "FREQ=WEEKLY;BYDAY=MO;COUNT=5", MONDAY),
        ("de", "alle! 3 Tage", "FREQ=DAILY;INTERVAL=3!", MONDAY),
        ("de", "jeden Montag beginnend am 7. Dezember", "FREQ=WEEKLY;BYDAY=MO", "2026-12-07"),
        ("de", "jeden Tag bis zum 15.", "FREQ=DAILY;UNTIL=20261215", MONDAY),
        ("fr", "tous les deux jours", "FREQ=DAILY;INTERVAL=2", MONDAY),
        ("fr", "une semaine sur deux", "FREQ=WEEKLY;INTERVAL=2", MONDAY),
        ("fr", "un vendredi sur deux", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", FRIDAY),
        ("fr", "tous les mardis et les jeudis à 18h", "FREQ=WEEKLY;BYDAY=TU,TH", "2026-12-01T18:00"),
        ("fr", "le premier lundi de chaque mois", "FREQ=MONTHLY;BYDAY=1MO", "2026-12-07"),
        ("fr", "chaque mois le 1er", "FREQ=MONTHLY;BYMONTHDAY=1", TUESDAY),
        ("fr", "du lundi au vendredi", WORKDAYS, MONDAY),
        ("fr", "tous les soirs", "FREQ=DAILY", "2026-11-30T19:00"),
        ("fr", "tous les 3 jours après l'achèvement", "FREQ=DAILY;INTERVAL=3!", MONDAY),
        ("fr", "chaque vendredi jusqu'au 6 janvier", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20270106", FRIDAY),
        ("fr", "tous les vendredis pendant 3 semaines", "FREQ=WEEKLY;BYDAY=FR;COUNT=3", FRIDAY),
        ("es", "un día sí y otro no", "FREQ=DAILY;INTERVAL=2", MONDAY),
        ("es", "cada segundo viernes", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", FRIDAY),
        ("es", "el último viernes de cada mes", "FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25"),
        ("es", "el 15 de cada mes", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-12-15"),
        ("es", "todas las noches", "FREQ=DAILY", "2026-11-30T21:00"),
        ("es", "de lunes a viernes a las 9", WORKDAYS, "2026-12-01T09:00"),
        ("es", "cada 3 días después de completar", "FREQ=DAILY;INTERVAL=3!", MONDAY),
        ("es", "cada lunes 5 veces", "FREQ=WEEKLY;BYDAY=MO;COUNT=5", MONDAY),
        ("es", "cada dia desde el 15 de enero", "FREQ=DAILY", "2027-01-15"),
    ],
)
def test_a_rule_and_its_first_slot(language: str, words: str, expected: str, first: str) -> None:
    parsed = read(f"Zürich {words}", language)
    assert (parsed.title, rule(parsed), due(parsed)) == ("Zürich", expected, first)


@pytest.mark.parametrize(
    "text",
    ["Pills every 2 hours", "Pills every hour", "Exercise 3 times every day", "Call 3 times", "Rent for 3 weeks", "Walk every 0 days"],
)  # fmt: skip
def test_what_is_no_rule_is_title(text: str) -> None:
    assert (read(text).title, read(text).recurrence) == (text, None)


def test_today_counts_unless_its_time_has_passed() -> None:
    assert due(read("Call every monday")) == "2026-11-30"
    assert due(read("Call every monday 10:00")) == "2026-12-07T10:00"
    assert due(read("Call every 2 weeks on monday 9:00")) == "2026-12-07T09:00"
    assert due(read("Call every monday 10:01")) == "2026-11-30T10:01"


def test_a_day_beside_a_rule_is_where_it_starts() -> None:
    parsed = read("Pay rent every month 5 jan")
    assert (parsed.title, rule(parsed), due(parsed)) == ("Pay rent", "FREQ=MONTHLY", "2027-01-05")


def test_an_end_before_the_first_slot_is_title() -> None:
    parsed = read("Call every friday until thursday")
    assert (parsed.title, rule(parsed)) == ("Call until thursday", "FREQ=WEEKLY;BYDAY=FR")
