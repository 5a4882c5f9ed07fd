"""What is done for each kind of command: the table COMMANDS says by which tool, and with which arguments."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from actors.replies import Json
from web.language.amounts import Amount
from web.language.readers.days import day_ahead
from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.intent import Intent, When
from web.tools.chat.rules.selecting import SERIES

Call: TypeAlias = tuple[str, Json]
SNOOZE_MINUTES: Final = 60  # where a snooze does not say for how long
_MONTH_DAYS: Final = 30
_MORNING: Final = "T09:00"


def calls_of(intent: Intent, things: Sequence[Json], desk: Desk) -> list[Call]:
    """Returns the calls that do to the things what is asked for; `things` have id, title and, for moves, due."""
    return _CALLS[intent.kind](intent, things, desk)


def _of_tasks(tool: str) -> Callable[[Intent, Sequence[Json], Desk], list[Call]]:
    return lambda _intent, things, _desk: [(tool, {"tasks": _ids(things)})]


def _of_series(action: str) -> Callable[[Intent, Sequence[Json], Desk], list[Call]]:
    return lambda _intent, things, _desk: [("set-series-status", {"series": _ids(things), "action": action})]


def _ids(things: Sequence[Json]) -> list[str]:
    return [thing["id"] for thing in things]


def _undate(_intent: Intent, things: Sequence[Json], _desk: Desk) -> list[Call]:
    return [("reschedule-tasks", {"tasks": _ids(things), "to": "none"})]


def _move(intent: Intent, things: Sequence[Json], _desk: Desk) -> list[Call]:
    """Moves all to one day or time, or each by itself: to a time of its own day, or so much later."""
    when = intent.when
    assert when is not None  # noqa: S101  # a move without it is asked about
    if when.is_shift and not (when.months or when.minutes):
        return [("reschedule-tasks", {"tasks": _ids(things), "by_days": when.days})]
    together: defaultdict[str, list[str]] = defaultdict(list)
    for thing in things:
        together[moved(when, thing.get("due"))].append(thing["id"])
    return [("reschedule-tasks", {"tasks": ids, "to": to}) for to, ids in together.items()]


def moved(when: When, due: Mapping[str, Any] | None) -> str:
    """Returns the due of one task after a move, as the tools take it."""
    if when.is_shift and due:
        return _shifted(when, due)
    if when.clock and due:
        return f"{(due.get('date') or due['local'])[:10]}T{when.clock}"
    return when.date or when.local


def _shifted(when: When, due: Mapping[str, Any]) -> str:
    amount = Amount(when.months, when.days)
    if "date" in due and not when.minutes:
        return str(day_ahead(amount, date.fromisoformat(due["date"])))
    at = datetime.fromisoformat(due.get("local") or f"{due['date']}{_MORNING}")
    day = day_ahead(amount, at.date())
    assert day is not None  # noqa: S101  # a due is far from the end of the calendar
    return f"{datetime.combine(day, at.time()) + timedelta(minutes=when.minutes):%Y-%m-%dT%H:%M}"


def _snooze(intent: Intent, things: Sequence[Json], desk: Desk) -> list[Call]:
    when = intent.when or When(minutes=SNOOZE_MINUTES)
    if when.is_shift:
        return [("snooze-reminders", {"tasks": _ids(things), "minutes": _minutes(when)})]
    return [("snooze-reminders", {"tasks": _ids(things), "until": snoozed_until(when, desk)})]


def snoozed_until(when: When, desk: Desk) -> str:
    """Returns the local time until which something is snoozed."""
    if when.is_shift:
        at = desk.context.now.astimezone(ZoneInfo(desk.context.zone)).replace(tzinfo=None)
        return f"{at + timedelta(minutes=_minutes(when)):%Y-%m-%dT%H:%M}"
    return when.local or when.date + _MORNING


def _minutes(when: When) -> int:
    return abs(when.minutes + 1_440 * (when.days + _MONTH_DAYS * when.months))


def _prioritise(intent: Intent, things: Sequence[Json], _desk: Desk) -> list[Call]:
    return [("update-tasks", {"tasks": [{"task": each, "priority": intent.value} for each in _ids(things)]})]


def _tags(field: str) -> Callable[[Intent, Sequence[Json], Desk], list[Call]]:
    return lambda intent, things, _desk: [("tag-tasks", {"tasks": _ids(things), field: list(intent.tags)})]


def _repeat(intent: Intent, things: Sequence[Json], _desk: Desk) -> list[Call]:
    """A task without a due begins where the rule does."""
    mode, _, start = intent.value.partition(" ")
    return [
        (
            "repeat-task",
            {"task": thing["id"], "rule": intent.line, "mode": mode} | ({} if thing.get("due") else {"start": start}),
        )
        for thing in things
    ]


def _skip(_intent: Intent, things: Sequence[Json], _desk: Desk) -> list[Call]:
    return [("skip-occurrences", {"series": _ids(things)})]


_CALLS: Final[Mapping[str, Callable[[Intent, Sequence[Json], Desk], list[Call]]]] = {
    "complete": _of_tasks("complete-tasks"),
    "reopen": _of_tasks("reopen-tasks"),
    "restore": _of_tasks("restore-tasks"),
    "delete": _of_tasks("delete-tasks"),
    "move": _move,
    "undate": _undate,
    "snooze": _snooze,
    "prioritise": _prioritise,
    "tag": _tags("add"),
    "untag": _tags("remove"),
    "repeat": _repeat,
    "skip": _skip,
    "pause": _of_series("pause"),
    "resume": _of_series("resume"),
    "stop": _of_series("stop"),
}
COMMANDS: Final = frozenset(_CALLS)
NEEDS_DUE: Final = frozenset({"move", "repeat"})
assert COMMANDS >= SERIES  # noqa: S101  # each kind that is about series has its call
