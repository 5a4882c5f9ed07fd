"""Reminders: how fast their wakes are registered, and how late they fire when many are due at once."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from load.bench.api import create_many
from load.bench.bench import TASK, Bench, in_turn
from load.bench.figures import Loop, VoidError, a_second, histogram, milliseconds, ratio, summary
from load.bench.load_process import run_client, run_creates
from load.bench.report import Limit, Line, Section, noise
from load.bench.users import add_users
from load.bench.waiting import lateness

_STEP_MS = 100

AGAINST_BARE = Limit(limit=0.7, smoke_limit=0.1, at_most=False, unit=" x")
LATENESS_P99 = Limit(limit=1000, smoke_limit=5000, at_most=True, unit=" ms")

_REGISTRATION_NOTE = (
    "Registration: what a turn runs to register its wake (TaskActor, the SDK, our client), over bare"
    " RegisterActorReminder calls of the same names, times and policy to the same sidecar, from like processes."
)
_ARM_NOTE = "With its actor call: `arm`, as the sweeper calls it; the actor reads its state and registers."
_LATENESS_NOTE = "Fired is what the actor noted, delivered what the ledger has from the notifier."

_FIRED_SQL = """
SELECT task_id, extract(epoch FROM fired_at - fire_at)::float8 * 1000 AS late_ms FROM reminders
WHERE task_id = ANY($1) AND status = 'fired'
"""
_DELIVERED_SQL = """
SELECT l.task_id, extract(epoch FROM l.at - r.fire_at)::float8 * 1000 AS late_ms
FROM reminder_ledger l JOIN reminders r ON r.task_id = l.task_id AND r.id = l.reminder_id
WHERE l.task_id = ANY($1) AND l.step = 'delivered'
"""


async def run(bench: Bench, section: Section) -> None:
    """Measures registration, what a reminder adds to a create, and lateness at one instant."""
    await section.add("registration", _registration(bench))
    await section.add("create with a reminder", _with_and_without(bench))
    await section.add("lateness", _lateness(bench, section))
    section.notes += [
        _REGISTRATION_NOTE,
        _ARM_NOTE,
        f"{bench.plan.due} tasks of {bench.plan.due_users} users, all due at one instant. " + _LATENESS_NOTE,
    ]


async def _registration(bench: Bench) -> list[Line]:
    tomorrow = _tomorrow()
    ids = await create_many(bench, [_task(n, tomorrow) for n in range(bench.plan.armed)])
    rates: dict[str, list[float]] = {"turn": [], "register": [], "arm": []}
    for pair in range(bench.plan.pairs):
        for kind in in_turn(list(rates), pair):
            order = bench.actor_order(kind, ids, bench.plan.arm_seconds) | {"wake": tomorrow}
            rates[kind].append(Loop.from_json(await run_client("actor_calls", order), kind).rate)
    middle = {kind: a_second(values) for kind, values in rates.items()}
    by_turn, by_call = ratio(rates["turn"], rates["register"]), ratio(rates["arm"], rates["register"])
    line = Line(
        "registration as a turn makes it, against a bare loop", middle["turn"], middle["register"], str(by_turn)
    )
    return [
        bench.judged(line, by_turn.middle, AGAINST_BARE),
        Line("the same with its actor call and state read", middle["arm"], middle["register"], str(by_call)),
        *noise("a bare loop", rates["register"]),
    ]


async def _with_and_without(bench: Bench) -> list[Line]:
    """Returns the rate of creates with a reminder against that of creates without one."""
    reminder = {"reminders": [{"at": _tomorrow()}]}
    rates: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(min(bench.plan.pairs, 3)):
        for has_reminder in (True, False):
            order = bench.create_order(bench.plan.arm_seconds)
            order["body"] = TASK | (reminder if has_reminder else {})
            loop, _ids = await run_creates(order, "create with a reminder" if has_reminder else "create")
            rates[has_reminder].append(loop.rate)
    return [
        Line(
            "create with a reminder, against one without",
            a_second(rates[True]),
            a_second(rates[False]),
            str(ratio(rates[True], rates[False])),
        )
    ]


async def _lateness(bench: Bench, section: Section) -> list[Line]:
    due_at = int(time.time()) + bench.plan.seconds_before_due
    due = text(datetime.fromtimestamp(due_at, UTC))
    users = await add_users(bench.system, bench.plan.due_users)
    ids = await create_many(bench, [_task(n, due) for n in range(bench.plan.due)], users)
    if time.time() > due_at - 1:
        raise VoidError(f"the {len(ids)} tasks were not there one second before their reminders were due")
    await asyncio.sleep(due_at - time.time())
    fired, delivered = await fired_and_delivered(bench, ids)
    what = f"{bench.plan.due} due at one instant"
    return [fired_line(bench, section, what, fired), lateness_line(section, f"{what}: delivered", delivered)]


async def fired_and_delivered(bench: Bench, ids: list[str]) -> tuple[list[float], list[float]]:
    """Returns how late, in ms, each task's reminder fired and was delivered, when all have.

    Raises VoidError when one is missing after 30 s, is there twice, or fired early.
    """
    fired = await lateness(bench.system, _FIRED_SQL, len(ids), ids)
    delivered = await lateness(bench.system, _DELIVERED_SQL, len(ids), ids)
    if min(fired) < 0:
        raise VoidError(f"a reminder fired {-min(fired):.0f} ms early")
    return fired, delivered


def fired_line(bench: Bench, section: Section, what: str, late: list[float]) -> Line:
    """Returns the line of how late each reminder fired, in ms, and judges it; adds the histogram to the notes."""
    line = lateness_line(section, f"{what}: fired", late)
    return bench.judged(line, summary(late)["p99"], LATENESS_P99)


def lateness_line(section: Section, what: str, late: list[float]) -> Line:
    """Returns the same line with nothing required."""
    section.notes.append(f"{what}, ms late: {histogram(late, _STEP_MS)}.")
    return Line(what, milliseconds(summary(late)))


def _task(number: int, at: str) -> dict[str, Any]:
    return {"title": f"Water the plants {number}", "reminders": [{"at": at}]}


def _tomorrow() -> str:
    return text(datetime.now(UTC).replace(microsecond=0) + timedelta(days=1))


def text(instant: datetime) -> str:
    """Returns the instant as the API takes it: in UTC, to the millisecond."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"
