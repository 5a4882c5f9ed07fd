"""plan-day: what a day asks for, and an order in which to do it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from pydantic import Field

from actors.day_times import instant_at
from actors.due import due_at
from actors.fields import PRIORITIES
from actors.series.occurrences import occurrences
from host.store.read_model import series_queries, task_queries
from host.store.read_model.task_queries import Stretch, TaskFilter, TaskList
from web.tools.brief import BriefTask, brief_task, due_of
from web.tools.moments import DayText, day_of
from web.tools.tool import Input, Output, ReadingTool, Use
from web.tools.words import due_words, moment_words

MOST: Final = 50  # of each kind
MOST_SUGGESTED: Final = 20
MOST_SERIES: Final = 200  # whose slots of the day are looked at, the next one first
_IMPORTANT: Final = ("high", "urgent")


class PlanDay(Input):
    day: DayText = Field(default="today", description="today, tomorrow or a date YYYY-MM-DD, on the person's calendar")


class ComingOccurrence(Output):
    """An occurrence of that day whose task does not exist yet."""

    series_id: str
    title: str
    slot: str
    due: dict[str, Any]


Why = Literal["overdue", "at_a_time", "due_that_day", "important"]


class Suggestion(Output):
    """A task and why it stands there, as a code and in words."""

    id: str
    title: str
    why: Why
    reason: str


class DayPlan(Output):
    """The open tasks that the day asks for, at most 50 of each kind; `order` is one in which to do them, at most 20."""

    day: str
    overdue: list[BriefTask] = Field(description="Overdue now, the oldest first")
    due: list[BriefTask] = Field(description="Due that day and not overdue, by their time")
    important: list[BriefTask] = Field(description="Urgent or high, and without a due")
    coming: list[ComingOccurrence]
    totals: dict[Literal["overdue", "due", "important"], int]
    order: list[Suggestion]
    next: list[str]


@dataclass(frozen=True, slots=True)
class _Found:
    overdue: TaskList
    due: TaskList
    important: TaskList
    series: Sequence[Any]


async def plan_day(use: Use, asked: PlanDay) -> DayPlan:
    """Reads all that the day asks for; it changes nothing."""
    now, zone, day = use.act.now(), use.act.caller.profile.zone, day_of(use.act, asked.day)
    found = await _read(use, day)
    overdue, due, important = (
        [brief_task(task, now) for task in listed.items] for listed in (found.overdue, found.due, found.important)
    )
    return DayPlan(
        day=day.isoformat(),
        overdue=overdue,
        due=due,
        important=important,
        coming=await _coming(found.series, day),
        totals={"overdue": found.overdue.total, "due": found.due.total, "important": found.important.total},
        order=[*suggested(overdue, due, important, zone)][:MOST_SUGGESTED],
        next=_advice(overdue, due, important),
    )


async def _read(use: Use, day: date) -> _Found:
    user_id, now, zone = use.act.user_id, use.act.now(), use.act.caller.profile.zone
    ends = day + timedelta(days=1)
    by_due, by_priority = Stretch("due", descending=False, limit=MOST), Stretch("priority", descending=True, limit=MOST)
    late = TaskFilter(now, zone, status="open", overdue=True)
    that_day = TaskFilter(now, zone, status="open", overdue=False, due_after=day, due_before=ends)
    undated = TaskFilter(now, zone, status="open", priorities=_IMPORTANT, undated=True)
    async with use.act.db.snapshot() as connection:
        return _Found(
            await task_queries.listed(connection, user_id, late, by_due),
            await task_queries.listed(connection, user_id, that_day, by_due),
            await task_queries.listed(connection, user_id, undated, by_priority),
            await series_queries.waiting(connection, user_id, instant_at(ends, "00:00", zone), MOST_SERIES),
        )


async def _coming(series: Sequence[Any], day: date) -> list[ComingOccurrence]:
    """Returns the slots of the day that are still to be made; others get the loop after each series."""
    found: list[tuple[str, ComingOccurrence]] = []
    for stored in series:
        found += _of_series(stored, day)
        await asyncio.sleep(0)
    return [occurrence for _, occurrence in sorted(found, key=lambda each: each[0])][:MOST]


def _of_series(stored: Any, day: date) -> Iterator[tuple[str, ComingOccurrence]]:
    for slot in occurrences(stored, [], day, day, numbered=False):
        if slot["state"] == "computed":
            what = {"series_id": stored["id"], "title": stored["template"]["title"], "slot": slot["slot"]}
            yield slot["at"], ComingOccurrence(**what, due=due_of(slot))


def suggested(
    overdue: Sequence[BriefTask], due: Sequence[BriefTask], important: Sequence[BriefTask], zone: str
) -> Iterator[Suggestion]:
    """Yields an order: the overdue ones, what has a time, then by priority what is due that day and what is important."""
    for task in sorted(overdue, key=_urgency):
        yield _suggestion(task, "overdue", f"overdue since {due_words(task.due)}")
    timed = [task for task in due if task.due and "local" in task.due]
    for task in timed:
        yield _suggestion(task, "at_a_time", f"at {moment_words(str(due_at(task.due, zone)), zone)[-5:]}")
    whole_day = [_suggestion(task, "due_that_day", "due that day") for task in due if task not in timed]
    undated = [_suggestion(task, "important", f"{task.priority}, and without a due") for task in important]
    urgency = {task.id: _urgency(task) for task in (*due, *important)}
    yield from sorted([*whole_day, *undated], key=lambda each: urgency[each.id])


def _urgency(task: BriefTask) -> int:
    return -PRIORITIES.index(task.priority)


def _suggestion(task: BriefTask, why: Why, reason: str) -> Suggestion:
    important = task.priority in _IMPORTANT and why != "important"
    return Suggestion(
        id=task.id, title=task.title, why=why, reason=f"{reason}, {task.priority}" if important else reason
    )


def _advice(overdue: Sequence[BriefTask], due: Sequence[BriefTask], important: Sequence[BriefTask]) -> list[str]:
    advice = ["reschedule-tasks moves what does not fit into the day."] if overdue or due else []
    advice += ["reschedule-tasks gives an important task a day."] if important else []
    return advice or ["Nothing is due: find-tasks lists what is due later."]


PLAN_DAY: Final = ReadingTool(
    name="plan-day",
    title="Plan a day",
    description="Use this to plan a day or to answer what there is to do: it gives the overdue tasks, those due that day "
    "in order, important ones without a due, occurrences still to come, and a suggested order with reasons. "
    "It changes nothing; use find-tasks for other filters.",
    input=PlanDay,
    output=DayPlan,
    read=plan_day,
)
TOOLS: Final = (PLAN_DAY,)
