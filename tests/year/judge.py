"""The judge of a year: compares its outcome with the expected one; every difference is a line."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

import orjson

from actors.clock import instant_text
from host.store.read_model import activity_rows
from tests.year.drive import Lived
from tests.year.plan import Plan

SHOWN = 8  # of one kind of difference


async def differences(lived: Lived, plan: Plan) -> list[str]:
    """Returns the differences: none when nothing is missing, nothing is there twice, and nothing is unexpected."""
    lines = _listed("refused", lived.refused)
    lines += await _tasks(lived, plan)
    lines += await _firings(lived, plan)
    lines += await _overdue(lived, plan)
    lines += await _digests(lived, plan)
    lines += await _series(lived, plan)
    for what, query in NOTHING.items():
        lines += _listed(what, (str(row) for row in await lived.rows(query)))
    async with lived.world.database.raw() as connection:
        for person in plan.people:
            if (position := await activity_rows.broken_at(connection, person.id)) is not None:
                lines.append(f"the activity of {person.id} is broken at {position}")
    return lines


# Queries without a row, whatever the plan was.
NOTHING = {
    "dead letter": "SELECT consumer, event_id, error FROM dead_letters",
    "reminder delivered twice": """SELECT reminder_id, firing, count(*) FROM reminder_ledger WHERE step = 'delivered'
        GROUP BY 1, 2 HAVING count(*) > 1""",
    "reminder not delivered": """SELECT task_id, firing, at FROM reminder_ledger f WHERE step = 'fired' AND NOT EXISTS (
        SELECT FROM reminder_ledger d WHERE d.reminder_id = f.reminder_id AND d.firing = f.firing
          AND d.step IN ('delivered', 'cancelled'))""",
    "slot made twice": """SELECT actor_id, body->'data'->>'task_id', count(*)
        FROM outbox WHERE type = 'recurrence.triggered' GROUP BY 1, 2 HAVING count(*) > 1""",
    "slot with two open tasks": """SELECT series_id, slot, count(*) FROM tasks
        WHERE series_id IS NOT NULL AND status = 'open' AND deleted_at IS NULL AND NOT purged
        GROUP BY 1, 2 HAVING count(*) > 1""",
    "written and thrown away": """SELECT convert_from(value, 'UTF8')::json->'state'->>'id' FROM dapr_state
        WHERE key LIKE '%TaskActor%' AND convert_from(value, 'UTF8')::json->'state'->>'written' = 'true'
          AND convert_from(value, 'UTF8')::json->'state'->>'withdrawn' = 'system'""",
    "event without activity": """SELECT event_id FROM outbox o WHERE NOT EXISTS (
        SELECT FROM activity a WHERE a.event_id = o.event_id)""",
    "activity twice": "SELECT event_id, count(*) FROM activity GROUP BY 1 HAVING count(*) > 1",
}


async def _tasks(lived: Lived, plan: Plan) -> list[str]:
    """Compares every task: its slot, due date, state and what is written into it; of one in the trash only the slot."""
    expected = {
        task.id: _task((life.id, *task.place), task.state, task.due, task.note)
        for life in plan.lives
        if life.series is not None
        for task in life.series.tasks.values()
    }
    expected |= {task.id: _task(("", 0, ""), task.state, task.due, task.note) for _, task in plan.tasks.values()}
    rows = await lived.rows("SELECT id, status, deleted_at, purged, series_id, body::text FROM tasks")
    actual: dict[str, tuple[Any, ...]] = {}
    for task_id, status, deleted_at, purged, series_id, text in rows:
        body = orjson.loads(text)
        slot = body["occurrence"] or {"generation": 0, "slot": ""}
        state = "trash" if purged or deleted_at is not None else status
        actual[task_id] = _task(
            (series_id or "", slot["generation"], slot["slot"]), state, body["due"], body["description"]
        )
    return _compared("task", expected.items(), actual.items())


def _task(place: tuple[str, int, str], state: str, due: Any, note: str) -> tuple[Any, ...]:
    if state in {"trash", "deleted", "withdrawn"}:
        return (*place, "trash")  # a purged task has no due date
    return (*place, state, note, orjson.dumps(due, option=orjson.OPT_SORT_KEYS).decode())


async def _firings(lived: Lived, plan: Plan) -> list[str]:
    expected = [(task.id, instant) for task in plan.every_task for instant in task.fired]
    actual = await lived.rows("SELECT task_id, at FROM reminder_ledger WHERE step = 'fired'")
    late = [(task.id, instant) for task in plan.every_task for instant in task.late]
    said = await lived.rows(
        "SELECT task_id, at FROM reminder_ledger WHERE step = 'fired' AND detail->>'late_seconds' IS NOT NULL"
    )
    return _compared("reminder", expected, actual) + _compared("late", late, said)


async def _overdue(lived: Lived, plan: Plan) -> list[str]:
    expected = [(task.id, instant) for task in plan.every_task for instant in task.overdue_at]
    actual = await lived.rows("SELECT task_id, at FROM activity WHERE type = 'task.overdue'")
    return _compared("overdue", expected, actual)


async def _digests(lived: Lived, plan: Plan) -> list[str]:
    expected = [(person.id, day, instant_text(at)) for person in plan.people for day, at in person.digests.told]
    query = "SELECT actor_id, body->'data'->>'day', body->>'time' FROM outbox WHERE type = 'digest.due'"
    actual = await lived.rows(query)
    return _compared("digest", expected, actual)


async def _series(lived: Lived, plan: Plan) -> list[str]:
    expected = [(life.id, life.series.status, life.series.generation) for life in plan.lives if life.series]
    actual = await lived.rows("SELECT id, status, (body->>'generation')::int FROM series")
    return _compared("series", expected, actual)


def _compared(what: str, expected: Iterable[Hashable], actual: Iterable[Hashable]) -> list[str]:
    wanted, there = Counter(expected), Counter(actual)
    missing = sorted((wanted - there).elements(), key=str)
    surplus = sorted((there - wanted).elements(), key=str)
    return _listed(f"{what} missing", map(str, missing)) + _listed(f"{what} too many", map(str, surplus))


def _listed(what: str, lines: Iterable[str]) -> list[str]:
    """Returns the first lines of one kind of difference, and the number of the others."""
    every = list(lines)
    more = [f"{what}: {len(every) - SHOWN} more"] if len(every) > SHOWN else []
    return [f"{what}: {line}" for line in every[:SHOWN]] + more
