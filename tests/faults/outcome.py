"""Waits until a run has settled, judges it, and keeps a table of it for the end of the level."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.deadline import eventually
from tests.faults import checker, recorder
from tests.faults.checker import Verdict
from tests.stream_reader import StreamReader
from tests.system import System

SETTLE_SECONDS = 75.0  # a full minute of notifications is waited out
_AFTER_SECONDS = 8.0
TABLES: list[str] = []

_OPEN_SQL = """
SELECT (SELECT count(*) FROM wakes WHERE wake_at < clock_timestamp() + interval '20 s')
     + (SELECT count(*) FROM deliveries WHERE status = 'pending')
     + (SELECT count(*) FROM outbox o WHERE NOT EXISTS
         (SELECT FROM activity a WHERE a.event_id = o.event_id))
"""


@dataclass(slots=True)
class Fault:
    """What was done to a part, when by both clocks, and how long until all parts were ready again."""

    name: str
    at: float
    moment: datetime
    ready_seconds: float = 0.0


async def settled(system: System, streams: dict[str, StreamReader]) -> None:
    """Nothing is due, nothing waits for delivery, every event is in activity and was heard; not for ever, though.

    What never settles is the judge's to name.
    """

    async def is_quiet() -> bool:
        async with system.database() as database:
            waiting = await database.fetchval(_OPEN_SQL)
            tops = await database.fetch("SELECT user_id, max(position) AS top FROM activity GROUP BY user_id")
        heard = {row["user_id"]: row["top"] for row in tops if row["user_id"] in streams}
        return waiting == 0 and all(streams[user].position >= top for user, top in heard.items())

    try:
        await eventually(is_quiet, SETTLE_SECONDS, "all is quiet", 0.5)
    except AssertionError:
        return


async def verdict_on(system: System, history: Path, streams: dict[str, StreamReader]) -> Verdict:
    await settled(system, streams)
    async with system.database() as database:
        stored = await checker.load_stored(database, list(streams))
    return checker.judge(recorder.read(history), stored, streams)


def write_table(title: str, history: Path, verdict: Verdict, faults: list[Fault], load: Any) -> str:
    """One table a run, shown at the end of the level."""
    entries = recorder.read(history)
    began, ended = min(entry.invoked for entry in entries), max(entry.invoked for entry in entries)
    late = sorted(seconds for _, seconds in verdict.lateness) or [0.0]
    lines = [
        (
            f"{title} (seed {load.seed}): {len(entries)} writes in {ended - began:.0f} s, "
            f"{len(entries) / max(ended - began, 1):.0f}/s, held back {load.held_back}"
        ),
        (
            f"  writes     acked {verdict.acknowledged}  found {verdict.found}  lost {verdict.count('lost')}  "
            f"unknown {verdict.unknown} (of these stored {verdict.unknown_found})  refused {verdict.refused}  "
            f"asked again {verdict.repeated}"
        ),
        (
            f"  effects    duplicates {verdict.count('duplicates')}  gaps {verdict.count('gaps')}  "
            f"read model wrong {verdict.count('read model behind') + verdict.count('read model differs')}  "
            f"streamed {verdict.streamed}  streams wrong {verdict.count('streams')}"
        ),
        (
            f"  reminders  due {verdict.reminders_due}  once {verdict.reminders_once}  "
            f"twice {verdict.count('reminders twice')}  never {verdict.count('reminders never')}  "
            f"early {verdict.count('reminders early')}  marked late {verdict.reminders_late}  "
            f"late p50 {late[len(late) // 2]:.2f} s  p99 {late[int(len(late) * 0.99)]:.2f} s  max {late[-1]:.2f} s"
        ),
    ]
    ends = [*(fault.at for fault in faults[1:]), ended]
    lines += [
        _line(fault, min(end - fault.at, _AFTER_SECONDS), entries, verdict)
        for fault, end in zip(faults, ends, strict=True)
    ]
    table = "\n".join(lines)
    TABLES.append(table)
    return table


def _line(fault: Fault, seconds: float, entries: list[recorder.Entry], verdict: Verdict) -> str:
    """What one fault did to writers and reminders in the seconds after it, until the next one."""
    late = [late for due, late in verdict.lateness if 0 <= (due - fault.moment).total_seconds() < seconds]
    return (
        f"  {fault.name:<22} first write after {recorder.recovery(entries, fault.at):5.2f} s  "
        f"longest stall {recorder.longest_stall(entries, fault.at, fault.at + seconds):5.2f} s  "
        f"all ready after {fault.ready_seconds:5.2f} s  latest reminder {max(late, default=0.0):5.2f} s late"
    )
