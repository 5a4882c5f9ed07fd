"""The slots of the patterns: for each an expression that finds it, and the numbers or names behind its words. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from web.language.folding import DIGIT, forms_of, key_of
from web.language.tables.table import Table

Value = int | str


class Slot(NamedTuple):
    """An expression, the keys of the words with which it may begin, and what its words mean."""

    expression: str
    keys: frozenset[str]
    values: Mapping[str, Value] = {}


def values_of(words: Mapping[Value, str] | Mapping[int, str] | Mapping[str, str]) -> dict[str, Value]:
    """Returns what each form of the words means, by the form as it is folded."""
    return {form: value for value, forms in words.items() for word in forms.split() for form in forms_of(word)}


def any_of(forms: Iterable[str]) -> str:
    """Returns an expression for one of the forms, the longest first."""
    ordered = sorted(set(forms), key=lambda form: (-len(form), form))
    return "(?:" + "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in ordered) + ")"


def slots_of(table: Table) -> dict[str, Slot]:
    """Returns the slots of a language by name, with those that all languages share."""
    return {**SHARED, **_words(table), **_numbers(table), **_days(table), **_amounts(table)}


def _word_slot(name: str, values: Mapping[str, Value], *, dotted: Iterable[str] = ()) -> Slot:
    short = rf"{any_of(dotted)}\.|" if dotted else ""
    expression = rf"(?P<{name}>{short}{any_of(values)})"
    return Slot(expression, frozenset(map(key_of, values)), values)


def _words(table: Table) -> dict[str, Slot]:
    days = values_of(dict(enumerate(table.weekdays)))
    shorts = values_of(dict(enumerate(table.short_weekdays)))
    weekly = values_of(dict(enumerate(table.weekly)))
    months = values_of(dict(enumerate(table.months, 1)))
    short_months = values_of(dict(enumerate(table.short_months, 1)))
    adverbs = values_of(table.part_adverbs)
    parts = values_of(table.parts)
    relative = values_of(table.relative)
    late = {form: value for form, value in parts.items() if form not in relative}
    return {
        "relative": _word_slot("relative", relative),
        "weekday": _word_slot("weekday", shorts | days, dotted=shorts)._replace(values=shorts | days | weekly),
        "weekday_s": _word_slot("weekday", shorts | days | weekly, dotted=shorts),
        "month": _word_slot("month", short_months | months, dotted=short_months),
        "part": _word_slot("part", parts | adverbs),
        "part_adverb": _word_slot("part", adverbs or {"-": ""}),
        "late_part": _word_slot("part", late),
        "other": _word_slot("other", dict.fromkeys(values_of({0: table.every_other}), 2)),
        "adverb": _word_slot("adverb", values_of(table.adverbs)),
        "lastday": _word_slot("lastday", values_of({1: table.last_day})),
        "ofmonth": _word_slot("ofmonth", values_of({1: table.of_month})),
        "workday": _word_slot("workday", values_of({1: table.workdays})),
        "weekend": _word_slot("weekend", values_of({1: table.weekends})),
        "unit": _word_slot(
            "unit", {form: unit for unit, words in table.units.items() for form in values_of({0: words})}
        ),
        "every": _every(values_of({1: table.every})),
    }


def _every(values: Mapping[str, Value]) -> Slot:
    return Slot(rf"(?P<every>{any_of(values)})(?P<bang>!)?", frozenset(map(key_of, values)), values)


def _numbers(table: Table) -> dict[str, Slot]:
    numbers = values_of(table.numbers)
    ordinals = values_of(table.ordinals)
    ahead = {form: value for form, value in ordinals.items() if value != -1}
    ending = rf"\s?(?:{table.ordinal_ending})"
    steps = ahead | dict.fromkeys(values_of({0: table.every_other}), 2) | numbers
    hours = {form: value for form, value in numbers.items() if isinstance(value, int) and 1 <= value <= 12}  # noqa: PLR2004  # a clock's
    bare = hours.keys() - values_of({0: table.articles})
    nth = rf"(?:[1-5](?:{table.ordinal_ending})|{any_of(ordinals)})"
    joined = _joined(table)
    return {
        "n": _number_slot("n", numbers),
        "step": Slot(rf"(?P<step>{any_of(steps)}|[0-9]{{1,4}}(?:{ending})?)", _keys(steps), steps),
        "hour_weak": Slot(rf"(?P<hour>{HOUR}|{any_of(bare)})", _keys(bare), hours),
        "hour": Slot(rf"(?P<hour>{HOUR}|{any_of(hours)})", _keys(hours), hours),
        "nths": Slot(rf"(?P<nths>{nth}(?:{joined}{nth})*)", _keys(ordinals), ordinals),
    }


def _number_slot(name: str, words: Mapping[str, Value]) -> Slot:
    return Slot(rf"(?P<{name}>[0-9]{{1,4}}|{any_of(words)})", _keys(words), words)


def _keys(values: Iterable[str]) -> frozenset[str]:
    return frozenset(map(key_of, values)) | {DIGIT}


def _joined(table: Table) -> str:
    """Returns an expression for what stands between the items of a list: `, ` or `and the`."""
    joiners = any_of(values_of({0: table.joiners}))
    again = any_of(values_of({0: f"{table.articles} {table.every}"}))
    return rf"(?:\s*[,&/+]\s*(?:{joiners}\s+)?|\s+{joiners}\s+)(?:{again}\s+)?"


def _days(table: Table) -> dict[str, Slot]:
    ordinals = {form: value for form, value in values_of(table.ordinals).items() if value != -1}
    if table.numbers_as_days:
        ordinals |= {form: n for form, n in values_of(table.numbers).items() if isinstance(n, int) and 1 < n <= 31}  # noqa: PLR2004  # days
    must = "?" if table.plain_ordinals else ""
    numbered = rf"{DAY}(?:\s?(?:{table.ordinal_ending})){must}"
    words = "" if table.numbers_as_days else rf"|{any_of(ordinals)}"
    joined = _joined(table)
    counted = rf"(?:{numbered}|{any_of(ordinals)})"
    return {
        "day": Slot(rf"(?P<day>{DAY}(?:\s?(?:{table.ordinal_ending}))?)", frozenset({DIGIT})),
        "nthnumber": Slot(rf"(?P<nthday>{numbered})", frozenset({DIGIT})),
        "dayword": _word_slot("dayword", ordinals),
        "nthday": Slot(rf"(?P<nthday>{numbered}{words})", _keys(ordinals), ordinals),
        "days": Slot(rf"(?P<days>{counted}(?:{joined}{counted})*)", _keys(ordinals), ordinals),
    } | _lists(table, joined)


def _lists(table: Table, joined: str) -> dict[str, Slot]:
    days = values_of(dict(enumerate(table.short_weekdays))) | values_of(dict(enumerate(table.weekdays)))
    weekly = values_of(dict(enumerate(table.weekly)))
    one = rf"{any_of(days | weekly)}(?:(?<![a-z]{{4}})\.)?"
    some = rf"{one}(?:\s*{any_of(values_of({0: table.ranges}))}\s*{one})?"
    of_week = any_of(weekly or {"-": 0})
    return {
        "weekdays": Slot(
            rf"(?P<weekdays>{some}(?:(?:{joined}|\s+){some})*)", frozenset(map(key_of, days | weekly)), days | weekly
        ),
        "on_weekdays": Slot(
            rf"(?P<weekdays>{of_week}(?:{joined}{of_week})*)", frozenset(map(key_of, weekly)), days | weekly
        ),
    }


def _amounts(table: Table) -> dict[str, Slot]:
    one = amount_expression(table)
    joiners = any_of(values_of({0: table.joiners}))
    joined = rf"(?:\s*,\s*|\s+{joiners}\s+)"
    before = rf"\s+{any_of(values_of({0: table.before}))}"
    several = rf"{one}(?:{joined}{one})*{before}(?:{joined}{one}(?:{joined}{one})*{before})*"
    keys = _keys(values_of(table.numbers) | values_of(table.spans))
    return {
        "amount": Slot(rf"(?P<amount>{one}(?:\s+{joiners}\s+{one})?)", keys),
        "before": Slot(rf"(?P<before>{several})", keys),
    }


def amount_expression(table: Table) -> str:
    """Returns an expression for an interval, as `2 hours`, `1h30` or `half an hour`; it holds no group."""
    number = rf"(?:[0-9]{{1,4}}\s*|{any_of(values_of(table.numbers))}\s+)"
    unit = any_of(form for words in table.units.values() for form in values_of({0: words}))
    spans = any_of(values_of(table.spans))
    counted = rf"{number}{unit}(?![a-z])"
    hours = r"[0-9]{1,2}\s?h\s?[0-5][0-9](?![0-9])"
    return rf"(?<![a-z])(?:{hours}|{spans}(?![a-z])|{counted}(?:\s*[0-9]{{1,4}}\s*{unit}(?![a-z]))?)"


DAY = "(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
HOUR = "(?:[01]?[0-9]|2[0-3])(?![0-9])"
_DIGITS = frozenset({DIGIT})
SHARED: Mapping[str, Slot] = {
    "iso": Slot(r"(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:t(?P<isotime>[0-9]{2}:[0-9]{2}))?", _DIGITS),
    "slashed": Slot(r"(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})(?:/(?P<year>[0-9]{4}))?", _DIGITS),
    "dotted": Slot(r"(?P<first>[0-9]{1,2})\.\s?(?P<second>[0-9]{1,2})\.(?:\s?(?P<year>[0-9]{4}))?", _DIGITS),
    "dotpair": Slot(r"(?P<first>[0-9]{1,2})\.(?P<second>[0-9]{1,2})", _DIGITS),
    "clock": Slot(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])", _DIGITS),
    "clock12": Slot(r"(?P<hour>0?[1-9]|1[0-2])(?:[:.](?P<minute>[0-5][0-9]))?\s?(?P<half>[ap])\.?\s?m\b\.?", _DIGITS),
    "clock_h": Slot(r"(?P<hour>[01]?[0-9]|2[0-3])h(?P<minute>[0-5][0-9])", _DIGITS),
    "half": Slot(r"\s?(?P<half>[ap])\.?\s?m\b\.?", frozenset()),
    "hour_h": Slot(r"(?P<hour>0?[6-9]|1[0-9]|2[0-3])", _DIGITS),
    "hour_dot_minute": Slot(r"(?P<hour>[01]?[0-9]|2[0-3])\.(?P<minute>[0-5][0-9])", _DIGITS),
    "minute": Slot(r"(?P<minute>[0-5]?[0-9])(?![0-9])", _DIGITS),
    "year": Slot(r"(?:\s*,)?\s+(?:del?\s+)?(?P<year>(?:19|2[0-9])[0-9]{2})(?![0-9:/.-]*[0-9])", _DIGITS),
}
SHARED_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "iso": ("{iso}",),
    "numbers": ("{slashed}", "{dotted}"),
    "clock": ("{clock}", "{clock12}", "{clock_h}"),
}
