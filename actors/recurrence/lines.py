"""The lines around a rule: DTSTART, EXDATE and RDATE as RFC 5545 writes them, folded or not. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from actors.due import instant_of
from actors.fields import YEARS
from actors.recurrence.rule import MAX_RULE, NOT_WRITTEN, Problem, Rule, parse_rule, refused
from actors.replies import Refused
from actors.zones import zone_named

# A day, a naive time on the wall of the series, or an instant.
Named = date | datetime


@dataclass(frozen=True, slots=True)
class Block:
    """A rule and the dates that its block takes away from it and adds to it. `start` of the series counts, not DTSTART."""

    rule: Rule
    excluded: tuple[Named, ...] = ()
    added: tuple[Named, ...] = ()


def parse_block(text: str) -> Block | Refused:
    """Reads a rule with or without lines around it; returns a refusal that says what in them is wrong."""
    if len(text) > MAX_RULE:
        return refused([("too_long", f"it is longer than {MAX_RULE:,} characters")])
    rules: list[str] = []
    dates: dict[str, list[Named]] = {"DTSTART": [], "EXDATE": [], "RDATE": []}
    problems = [problem for line in _unfolded(text) if (problem := _sort(line, rules, dates)) is not None]
    if problems:
        return refused(problems)
    if len(rules) != 1:
        return refused([NOT_WRITTEN])
    rule = parse_rule(rules[0])
    return rule if isinstance(rule, Refused) else Block(rule, tuple(dates["EXDATE"]), tuple(dates["RDATE"]))


def _unfolded(text: str) -> Iterator[str]:
    """Yields the lines; one that begins with a space goes on with the one before."""
    return filter(None, map(str.strip, re.sub(r"\r?\n[ \t]", "", text).splitlines()))


_DATED = re.compile(r"(DTSTART|EXDATE|RDATE)((?:;[A-Z-]+=(?:\"[^\"]*\"|[^;:\"]*))*):(.*)", re.ASCII | re.IGNORECASE)
_OTHER = re.compile(r"(?!RRULE[:;])([A-Z-]+)(;[^:]*)?:", re.ASCII | re.IGNORECASE)
_OF_THE_RULE = re.compile(r"(?<=^RRULE)(;[A-Z-]+=(\"[^\"]*\"|[^;:\"]*))+(?=:)", re.ASCII | re.IGNORECASE)


def _sort(line: str, rules: list[str], dates: dict[str, list[Named]]) -> Problem | None:
    """Puts a line with the rules or its dates with the dates; returns what is wrong with it, or None."""
    dated = _DATED.fullmatch(line)
    if dated is not None:
        return _read_dates(dated, dates)
    other = _OTHER.match(line)
    if other is not None:
        return ("unsupported_part", f"{other[1].upper()[:40]} is not among DTSTART, RRULE, EXDATE and RDATE")
    rules.append(_OF_THE_RULE.sub("", line))  # parameters of RRULE say nothing about when
    return None


def _read_dates(dated: re.Match[str], dates: dict[str, list[Named]]) -> Problem | None:
    name = dated[1].upper()
    given = re.search(r";TZID=\"?([^;:\"]*)", dated[2], re.ASCII | re.IGNORECASE)
    zone = given and zone_named(given[1])
    if given is not None and zone is None:
        return (f"invalid_{name.lower()}", f"{given[1][:40]} is no zone of the IANA database, as Europe/Berlin")
    for value in dated[3].split(","):
        read = None if name == "EXDATE" and "/" in value else _named(value.strip().upper(), zone)
        if read is None:
            return (
                f"invalid_{name.lower()}",
                f"{name} takes days as 20270331, or times as 20270331T090000, not {value[:40]}",
            )
        dates[name].append(read)
    return None  # fmt: skip


_DATE = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(r"\d{8}T\d{6}Z?", re.ASCII)


def _named(value: str, zone: str | None) -> Named | None:
    """Reads a day, a time or a period, which begins with its start; returns None for anything else."""
    value = value.split("/", 1)[0]
    try:
        if _DATE.fullmatch(value):
            return _in_calendar(date.fromisoformat(value))
        if _TIME.fullmatch(value):
            return _in_calendar(_instant_or_local(value, zone))
    except ValueError:
        pass
    return None


def _instant_or_local(value: str, zone: str | None) -> datetime:
    local = datetime.fromisoformat(value.removesuffix("Z"))
    if value.endswith("Z"):
        return local.replace(tzinfo=UTC)
    return local if zone is None else instant_of(local, zone)


def _in_calendar(named: Named) -> Named | None:
    return named if named.year in YEARS else None
