"""One run: a load, faults one after another, and at the end everything held against what is stored."""

import asyncio
import contextlib
import itertools
import json
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import psutil

from tests.faults import checker, recorder, stored
from tests.faults.checker import Verdict
from tests.faults.faults import Fault
from tests.faults.listener import Listener
from tests.faults.load import Load, storm
from tests.faults.pace import Pace
from tests.faults.refusals import watching
from tests.faults.subject import Subject
from tests.faults.verified import Verified, verified
from tests.support.deadline import eventually
from tests.support.system import ROOT

TRIES: Final = 5
READY_SECONDS: Final = 120.0
SETTLE_SECONDS: Final = 90.0
SLOW_SECONDS: Final = 0.5  # after a fault, for answers that it has held up
STALL_SECONDS: Final = 0.4
_ACKS: Final = 50_000  # more than any fault lasts
REMINDER_SECONDS: Final = 1.0  # how much later than a fault a reminder may be due that it is to meet

# The judge reads as of one instant. What is due then would look like a breach: series go on at full minutes. Reminders
# are awaited.
# A scheduler that was killed hard takes registrations again after its lease of 20 s, longer than what is given to one.
_OPEN_SQL = """
SELECT (SELECT count(*) FROM wakes WHERE wake_at < clock_timestamp() + interval '6 s')
     + (SELECT count(*) FROM wakes WHERE armed_at IS NULL)
     + (SELECT count(*) FROM reminders WHERE status = 'pending' AND fire_at < clock_timestamp() + interval '20 s')
     + (SELECT count(*) FROM deliveries WHERE status = 'pending')
     + (SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT FROM activity a WHERE a.event_id = o.event_id))
"""


@dataclass(slots=True)
class Struck:
    """What a fault did: times by the monotonic clock, and seconds from its end until all was as before."""

    name: str
    at: float
    moment: float  # at, by the wall clock
    ended: float = 0.0
    ready_seconds: float = 0.0
    tries: int = 1
    hit: bool = False
    trouble: str = ""  # what kept it from being ready again


@dataclass(slots=True)
class FaultReport:
    """All that the table tells."""

    subject: str
    seed: int
    history: Path
    load: Load
    struck: list[Struck]
    verdict: Verdict
    fence_refusals: float = 0.0
    redelivered: dict[str, int] = field(default_factory=dict[str, int])
    verified: Verified = field(default_factory=Verified)
    seconds: dict[str, float] = field(default_factory=dict[str, float])  # what each part of the run took
    gave_up: int = 0  # how often the runner ended at its start, and was started again
    without: list[str] = field(default_factory=list[str])


async def run(
    subject: Subject,
    faults: Iterable[Fault],
    history: Path,
    *,
    seed: int,
    until: float = float("inf"),
    calm_seconds: float = 2.0,
    say: Callable[[str], None] = lambda _: None,
    pace: Pace | None = None,
    at_once: int = 1,
    **shape: int,
) -> FaultReport:
    """Bring the faults until they end or that monotonic instant has come; then settle and judge.

    `at_once`: so many at the same time, beside those that last. Which of them a writer felt is then not told apart.
    """
    struck: list[Struck] = []
    watch = _Watch()
    async with (
        storm(subject.urls, history, seed=seed, pace=pace or Pace(), **shape) as (load, listeners),
        _redelivering(subject, seed) as again,
        watching(subject) as refusals,
    ):
        free = asyncio.Semaphore(at_once)

        async def bring(fault: Fault) -> None:
            strike = await _strike(subject, load, fault)
            struck.append(strike)
            say(_line(strike))
            await again.tell()
            await asyncio.sleep(calm_seconds)
            if not fault.lasting:
                free.release()

        watch.lap("start")
        await asyncio.sleep(2 * calm_seconds)
        async with asyncio.TaskGroup() as bringing:
            for fault in faults:
                if not fault.lasting:
                    await free.acquire()
                if time.monotonic() > until:
                    break
                bringing.create_task(bring(fault))
        watch.lap("faults")
        await load.finish()
        redelivered = await again.end()
        await _settled(subject, listeners)
        watch.lap("settle")
        # Of one instant: reading takes longer than the time for which nothing is due.
        async with subject.database() as database, database.transaction(isolation="repeatable_read", readonly=True):
            found = await stored.load(database, [caller.user_id for caller in load.callers])
        verdict = checker.judge(recorder.read(history), found, listeners)
        whole = await asyncio.to_thread(verified, subject, verdict)
        watch.lap("judge")
    struck.sort(key=lambda strike: strike.at)
    for strike in struck:
        if strike.trouble:
            verdict.blame("not recovered", f"{strike.name}: {strike.trouble}")
        if not strike.hit:
            verdict.blame("not hit", f"{strike.name}, tried {strike.tries} times")
    if (delivered := redelivered.get("deliveries", 0)) < len(
        found.events
    ) / 2:  # those of the last seconds may be left out
        verdict.blame("not hit", f"delivery of every event again: {delivered} of {len(found.events)} events")
    return FaultReport(
        *(subject.name, seed, history, load, struck, verdict, refusals.count, redelivered, whole, watch.seconds),
        gave_up=subject.gave_up,
    )


class _Watch:
    """Of each part, the seconds since the one before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic()

    def lap(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part], self._since = now - self._since, now


async def _strike(subject: Subject, load: Load, fault: Fault) -> Struck:
    """Until it has met what it aims at, some times; the last try counts."""
    for tries in range(1, TRIES + 1):
        struck = await _strike_once(subject, load, fault)
        struck.tries = tries
        if struck.hit or struck.trouble:
            break
    return struck


async def _strike_once(subject: Subject, load: Load, fault: Fault) -> Struck:
    in_flight, disturbed, slow = load.in_flight, load.disturbed, load.slow
    struck = Struck(fault.name, load.recorder.fault(fault.name), time.time())
    try:
        end = await asyncio.to_thread(fault.begin)
        await asyncio.sleep(fault.seconds)
        struck.ended = time.monotonic()
        await asyncio.to_thread(end)
        await _ready(subject)
        struck.ready_seconds = time.monotonic() - struck.ended
    except AssertionError as error:
        struck.ended = struck.ended or time.monotonic()
        struck.trouble = str(error)
    except (LookupError, psutil.Error):  # there was none of that kind at that moment: another fault was there first
        struck.ended = time.monotonic()
        try:
            await _ready(subject)
        except AssertionError as error:
            struck.trouble = str(error)
        return struck
    await asyncio.sleep(SLOW_SECONDS)
    # What dies at once need not be felt by a caller, but must have been at work for one.
    felt = load.slow > slow or _stalled(load.acks, struck.at) if fault.seconds else in_flight > 0
    writes = load.disturbed > disturbed or felt
    last = time.time() + REMINDER_SECONDS
    reminders = any(struck.moment < due < last for due in load.due)
    struck.hit = {"writes": writes, "reminders": reminders, "nothing": True}[fault.aim]
    return struck


async def _ready(subject: Subject) -> None:
    await eventually(lambda: asyncio.to_thread(subject.is_ready), READY_SECONDS, "ready", 0.1)


def _stalled(acks: list[float], since: float) -> bool:
    """Whether there was a silence that such a load does not have by itself."""
    times = [since, *(at for at in acks[-_ACKS:] if at > since), time.monotonic()]
    return max(after - before for before, after in itertools.pairwise(times)) > STALL_SECONDS


def _line(struck: Struck) -> str:
    ready = struck.trouble or f"ready {struck.ready_seconds:.1f} s after its end"
    return f"{struck.name}: {ready}, tried {struck.tries} times"


async def _settled(subject: Subject, listeners: list[Listener]) -> None:
    """Nothing is due, every wake is registered, nothing waits for delivery, every event is in activity and was heard; not for ever, though.

    What never settles is the judge's to name.
    """

    async def is_quiet() -> bool:
        try:
            async with subject.database() as database:
                waiting = await database.fetchval(_OPEN_SQL)
                tops = await database.fetch("SELECT user_id, max(position) AS top FROM activity GROUP BY user_id")
        except (OSError, asyncpg.PostgresError):
            return False
        top = {row["user_id"]: row["top"] for row in tops}
        return waiting == 0 and all(listener.position >= top.get(listener.user_id, 0) for listener in listeners)

    with contextlib.suppress(AssertionError):
        await eventually(is_quiet, SETTLE_SECONDS, "all is quiet", 1.0)


@dataclass(slots=True)
class _Again:
    """The process that delivers every event again."""

    subject: Subject
    process: Process
    told: dict[str, Any] = field(default_factory=dict[str, Any])

    async def tell(self) -> None:
        """How the system is reached, when that is not as it was."""
        with contextlib.suppress(AssertionError, OSError):
            now = self.subject.redelivery()
            if now != self.told and self.process.stdin is not None:
                self.told = now
                self.process.stdin.write(json.dumps(now).encode() + b"\n")
                await self.process.stdin.drain()

    async def end(self) -> dict[str, int]:
        if self.process.stdin is not None:
            self.process.stdin.close()
        assert self.process.stdout is not None
        said = await asyncio.wait_for(self.process.stdout.read(), 30)
        counts: dict[str, int] = json.loads(said or b"{}")
        return counts


@asynccontextmanager
async def _redelivering(subject: Subject, seed: int) -> AsyncGenerator[_Again]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.redeliver", str(seed)), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=ROOT
    )
    again = _Again(subject, process)
    await again.tell()
    try:
        yield again
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
