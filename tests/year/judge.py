"""Holds what came of the year against what ought to have come of it; every difference is a line."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

import orjson

from host.store.read_model import activity_rows
from tests.year.drive import Lived
from tests.year.plan import Plan

SHOWN = 8  # of one kind of difference


async def differences(lived: Lived, plan: Plan) -> list[str]:
    """Empty when nothing is missing, nothing is twice and nothing is more than there ought to be."""
    found = _told("refused", lived.refused)
    found += await _tasks(lived, plan)
    found += await _firings(lived, plan)
    found += await _overdue(lived, plan)
    found += await _series(lived, plan)
    for what, query in NOTHING.items():
        found += _told(what, (str(row) for row in await lived.rows(query)))
    async with lived.world.database.raw() as connection:
        for person in plan.people:
            if (position := await activity_rows.broken_at(connection, person.id)) is not None:
                found.append(f"the activity of {person.id} is broken at {position}")
    return found


# What there is none of, whatever the plan was.
NOTHING = {
    "dead letter": "SELECT consumer, event_id, error FROM dead_letters",
    "reminder told twice": """SELECT reminder_id, firing, count(*) FROM reminder_ledger WHERE step = 'delivered'
        GROUP BY 1, 2 HAVING count(*) > 1""",
    "reminder not told": """SELECT task_id, firing, at FROM reminder_ledger f WHERE step = 'fired' AND NOT EXISTS (
        SELECT FROM reminder_ledger d WHERE d.reminder_id = f.reminder_id AND d.firing = f.firing
          AND d.step IN ('delivered', 'cancelled'))""",
    "late": "SELECT task_id, firing, at, detail::text FROM reminder_ledger WHERE detail->>'late_seconds' IS NOT NULL",
    "slot made twice": """SELECT actor_id, body->'data'->'slot'->>'generation', body->'data'->'slot'->>'slot', count(*)
        FROM outbox WHERE type = 'recurrence.triggered' GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "event without activity": """SELECT event_id FROM outbox o WHERE NOT EXISTS (
        SELECT FROM activity a WHERE a.event_id = o.event_id)""",
    "activity twice": "SELECT event_id, count(*) FROM activity GROUP BY 1 HAVING count(*) > 1",
}


async def _tasks(lived: Lived, plan: Plan) -> list[str]:
    """Every task that is not in the trash: of which slot, due when, open or completed; and of the others that they are."""
    expected = {
        task.id: _task(life.id, generation, slot, task.due, task.state)
        for life in plan.lives
        if life.series is not None
        for (generation, slot), task in life.series.tasks.items()
    }
    expected |= {task.id: _task("", 0, "", task.due, task.state) for _, task in plan.tasks.values()}
    rows = await lived.rows("SELECT id, status, deleted_at, purged, series_id, body::text FROM tasks")
    got: dict[str, tuple[Any, ...]] = {}
    for task_id, status, deleted_at, purged, series_id, text in rows:
        body = orjson.loads(text)
        slot = body["occurrence"] or {"generation": 0, "slot": ""}
        state = "trash" if purged or deleted_at is not None else status
        got[task_id] = _task(series_id or "", slot["generation"], slot["slot"], body["due"], state)
    return _compared("task", expected.items(), got.items())


def _task(series: str, generation: int, slot: str, due: Any, state: str) -> tuple[Any, ...]:
    if state in {"trash", "deleted", "withdrawn"}:
        return (series, generation, slot, "trash")  # what is purged has no due
    return (series, generation, slot, state, orjson.dumps(due, option=orjson.OPT_SORT_KEYS).decode())


async def _firings(lived: Lived, plan: Plan) -> list[str]:
    expected = [(task.id, instant) for task in plan.every_task for instant in task.fired]
    got = await lived.rows("SELECT task_id, at FROM reminder_ledger WHERE step = 'fired'")
    return _compared("reminder", expected, got)


async def _overdue(lived: Lived, plan: Plan) -> list[str]:
    expected = [(task.id, instant) for task in plan.every_task for instant in task.told_overdue]
    got = await lived.rows("SELECT task_id, at FROM activity WHERE type = 'task.overdue'")
    return _compared("overdue", expected, got)


async def _series(lived: Lived, plan: Plan) -> list[str]:
    expected = [(life.id, life.series.status, life.series.generation) for life in plan.lives if life.series]
    got = await lived.rows("SELECT id, status, (body->>'generation')::int FROM series")
    return _compared("series", expected, got)


def _compared(what: str, expected: Iterable[Hashable], got: Iterable[Hashable]) -> list[str]:
    wanted, found = Counter(expected), Counter(got)
    missing = sorted((wanted - found).elements(), key=str)
    surplus = sorted((found - wanted).elements(), key=str)
    return _told(f"{what} missing", map(str, missing)) + _told(f"{what} too many", map(str, surplus))


def _told(what: str, lines: Iterable[str]) -> list[str]:
    every = list(lines)
    more = [f"{what}: {len(every) - SHOWN} more"] if len(every) > SHOWN else []
    return [f"{what}: {line}" for line in every[:SHOWN]] + more
