"""One run: a load, faults one after another, and at the end the judgement of what is stored."""

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
from tests.faults.load import Load, running_load
from tests.faults.pace import Pace
from tests.faults.position_reader import PositionReader
from tests.faults.refusals import watching
from tests.faults.stored import Stored
from tests.faults.subject import Subject
from tests.faults.verified import Verified, verified
from tests.support.deadline import eventually
from tests.support.system import ROOT

TRIES: Final = 5
READY_SECONDS: Final = 120.0
SETTLE_SECONDS: Final = 90.0
AFTERMATH_SECONDS: Final = 0.5  # after a fault, for the answers that it has delayed
STALL_SECONDS: Final = 0.4
_ACKS: Final = 50_000  # more than any fault lasts
REMINDER_SECONDS: Final = 1.0  # a reminder due within this time after a fault counts as hit by it

# The judge reads as of one instant. Anything due then would look like a breach: so nothing may be due for 6 s (series go
# on at full minutes) and no reminder for 20 s. A scheduler that was killed takes registrations again after its lease of
# 20 s, longer than the timeout of one.
_OPEN_SQL = """
SELECT (SELECT count(*) FROM wakes WHERE wake_at < clock_timestamp() + interval '6 s')
     + (SELECT count(*) FROM wakes WHERE armed_at IS NULL)
     + (SELECT count(*) FROM reminders WHERE status = 'pending' AND fire_at < clock_timestamp() + interval '20 s')
     + (SELECT count(*) FROM deliveries WHERE status = 'pending')
     + (SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT FROM activity a WHERE a.event_id = o.event_id))
"""


@dataclass(slots=True)
class Strike:
    """What one fault did: times by the monotonic clock, and seconds from its end until all was ready again."""

    name: str
    at: float
    moment: float  # the same as `at`, in seconds since 1970
    ended: float = 0.0
    ready_seconds: float = 0.0
    tries: int = 1
    hit: bool = False
    trouble: str = ""  # the reason why the system was not ready again


@dataclass(slots=True)
class FaultReport:
    """Everything that the table shows."""

    subject: str
    seed: int
    history: Path
    load: Load
    strikes: list[Strike]
    verdict: Verdict
    fence_refusals: float = 0.0
    redelivered: dict[str, int] = field(default_factory=dict[str, int])
    verified: Verified = field(default_factory=Verified)
    seconds: dict[str, float] = field(default_factory=dict[str, float])  # of each part of the run
    gave_up: int = 0  # how often the runner failed to start, and was started again
    left_out: list[str] = field(default_factory=list[str])


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
    """Brings the faults until there are no more, or until that monotonic instant; then waits and judges.

    `at_once`: the number of faults at the same time, beside lasting ones. The report cannot tell which of them delayed a
    write.
    """
    watch = _Watch()
    async with (
        running_load(subject.urls, history, seed=seed, pace=pace or Pace(), **shape) as (load, readers),
        _redelivering(subject, seed) as again,
        watching(subject) as refusals,
    ):
        watch.lap("start")
        await asyncio.sleep(2 * calm_seconds)
        bringer = _Bringer(subject, load, again, calm_seconds, say, asyncio.Semaphore(at_once))
        await bringer.bring(faults, until)
        watch.lap("faults")
        await load.finish()
        redelivered = await again.end()
        await _settled(subject, readers)
        watch.lap("settle")
        snapshot = await _snapshot(subject, load)
        verdict = checker.judge(recorder.read(history), snapshot, readers)
        whole = await asyncio.to_thread(verified, subject, verdict)
        watch.lap("judge")
    strikes = sorted(bringer.strikes, key=lambda strike: strike.at)
    _judge_faults(verdict, strikes, redelivered.get("deliveries", 0), len(snapshot.events))
    return FaultReport(
        *(subject.name, seed, history, load, strikes, verdict, refusals.count, redelivered, whole, watch.seconds),
        gave_up=subject.gave_up,
    )


async def _snapshot(subject: Subject, load: Load) -> Stored:
    """Reads everything in one transaction, for reading takes longer than the time for which nothing is due."""
    async with subject.database() as database, database.transaction(isolation="repeatable_read", readonly=True):
        return await stored.read(database, [caller.user_id for caller in load.callers])


def _judge_faults(verdict: Verdict, strikes: Iterable[Strike], delivered: int, events: int) -> None:
    """Each fault has hit something, the system was ready again after it, and the events were delivered again."""
    for strike in strikes:
        if strike.trouble:
            verdict.blame("not recovered", f"{strike.name}: {strike.trouble}")
        if not strike.hit:
            verdict.blame("not hit", f"{strike.name}, tried {strike.tries} times")
    if delivered < events / 2:  # those of the last seconds may be left out
        verdict.blame("not hit", f"delivery of every event again: {delivered} of {events} events")


@dataclass(slots=True)
class _Bringer:
    """Brings faults one after another, or as many at once as are `free`."""

    subject: Subject
    load: Load
    again: "_RedeliveryProcess"
    calm_seconds: float
    say: Callable[[str], None]
    free: asyncio.Semaphore
    strikes: list[Strike] = field(default_factory=list[Strike])

    async def bring(self, faults: Iterable[Fault], until: float) -> None:
        async with asyncio.TaskGroup() as bringing:
            for fault in faults:
                if not fault.lasting:
                    await self.free.acquire()
                if time.monotonic() > until:
                    break
                bringing.create_task(self._bring_one(fault))

    async def _bring_one(self, fault: Fault) -> None:
        strike = await _strike(self.subject, self.load, fault)
        self.strikes.append(strike)
        self.say(_line(strike))
        await self.again.send_address()
        await asyncio.sleep(self.calm_seconds)
        if not fault.lasting:
            self.free.release()


class _Watch:
    """A stopwatch: the seconds of each part of the run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic()

    def lap(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part], self._since = now - self._since, now


async def _strike(subject: Subject, load: Load, fault: Fault) -> Strike:
    """Brings a fault until it has hit something, five times at most; returns the last try."""
    for tries in range(1, TRIES + 1):
        strike = await _strike_once(subject, load, fault)
        strike.tries = tries
        if strike.hit or strike.trouble:
            break
    return strike


async def _strike_once(subject: Subject, load: Load, fault: Fault) -> Strike:
    in_flight, disturbed, slow = load.in_flight, load.disturbed, load.slow
    strike = Strike(fault.name, load.recorder.fault(fault.name), time.time())
    try:
        end = await asyncio.to_thread(fault.begin)
        await asyncio.sleep(fault.seconds)
        strike.ended = time.monotonic()
        await asyncio.to_thread(end)
        await _ready(subject)
        strike.ready_seconds = time.monotonic() - strike.ended
    except AssertionError as error:
        strike.ended = strike.ended or time.monotonic()
        strike.trouble = str(error)
    except (LookupError, psutil.Error):  # no process of that kind runs: another fault was there first
        strike.ended = time.monotonic()
        try:
            await _ready(subject)
        except AssertionError as error:
            strike.trouble = str(error)
        return strike
    await asyncio.sleep(AFTERMATH_SECONDS)
    # A kill need not delay a caller, but some write must have been in flight.
    felt = load.slow > slow or _stalled(load.acks, strike.at) if fault.seconds else in_flight > 0
    writes = load.disturbed > disturbed or felt
    last = time.time() + REMINDER_SECONDS
    reminders = any(strike.moment < due < last for due in load.due)
    strike.hit = {"writes": writes, "reminders": reminders, "nothing": True}[fault.aim]
    return strike


async def _ready(subject: Subject) -> None:
    await eventually(lambda: asyncio.to_thread(subject.is_ready), READY_SECONDS, "ready", 0.1)


def _stalled(acks: list[float], since: float) -> bool:
    """Returns whether acknowledgements paused for longer than they do under such a load by itself."""
    times = [since, *(at for at in acks[-_ACKS:] if at > since), time.monotonic()]
    return max(after - before for before, after in itertools.pairwise(times)) > STALL_SECONDS


def _line(strike: Strike) -> str:
    ready = strike.trouble or f"ready {strike.ready_seconds:.1f} s after its end"
    return f"{strike.name}: {ready}, tried {strike.tries} times"


async def _settled(subject: Subject, readers: list[PositionReader]) -> None:
    """Waits until nothing is due, every wake is armed, and every event is delivered, in activity and heard.

    It gives up after a while: the judge names whatever never settles.
    """

    async def is_quiet() -> bool:
        try:
            async with subject.database() as database:
                waiting = await database.fetchval(_OPEN_SQL)
                tops = await database.fetch("SELECT user_id, max(position) AS top FROM activity GROUP BY user_id")
        except (OSError, asyncpg.PostgresError):
            return False
        top = {row["user_id"]: row["top"] for row in tops}
        return waiting == 0 and all(reader.position >= top.get(reader.user_id, 0) for reader in readers)

    with contextlib.suppress(AssertionError):
        await eventually(is_quiet, SETTLE_SECONDS, "all is quiet", 1.0)


@dataclass(slots=True)
class _RedeliveryProcess:
    """The process that delivers every event again; `address` is what it was sent last."""

    subject: Subject
    process: Process
    address: dict[str, Any] = field(default_factory=dict[str, Any])

    async def send_address(self) -> None:
        """Sends the address of the system, when it has changed."""
        with contextlib.suppress(AssertionError, OSError):
            now = self.subject.redelivery()
            if now != self.address and self.process.stdin is not None:
                self.address = now
                self.process.stdin.write(json.dumps(now).encode() + b"\n")
                await self.process.stdin.drain()

    async def end(self) -> dict[str, int]:
        if self.process.stdin is not None:
            self.process.stdin.close()
        assert self.process.stdout is not None
        output = await asyncio.wait_for(self.process.stdout.read(), 30)
        counts: dict[str, int] = json.loads(output or b"{}")
        return counts


@asynccontextmanager
async def _redelivering(subject: Subject, seed: int) -> AsyncGenerator[_RedeliveryProcess]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.redeliver", str(seed)), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=ROOT
    )
    again = _RedeliveryProcess(subject, process)
    await again.send_address()
    try:
        yield again
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
