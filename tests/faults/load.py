"""Mixed writes of many users at a rate that the machine bears, each recorded with its outcome.

A hand takes one life after another through its steps, so that it knows what each write must change. When no answer
comes, it asks again with the same key, as our page does, until it has one; some hands give up instead, and abandon
that life.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.faults import lives
from tests.faults.lives import FaultPerson, Life, Step
from tests.faults.pace import Pace
from tests.faults.position_reader import PositionReader
from tests.faults.recorder import Entry, Recorder
from tests.support.client import Caller, signed_up

USERS = 100
READERS = 200
GIVES_UP_SHARE = 0.15
ASK_AGAIN_SECONDS = 150.0
FIRST_PAUSE_SECONDS = 0.4
LONGEST_PAUSE_SECONDS = 2.0
SLOW_SECONDS = 0.3
MOST_IN_FLIGHT = 250  # more would leave a queue behind a fault that takes minutes to clear
_SIGN_UPS_AT_ONCE = 4
_NOT_SENT = -1


@dataclass(eq=False, slots=True)
class Hand:
    """One of a person's hands; `answer` is the one that its life has not seen yet."""

    caller: Caller
    person: FaultPerson
    kind: Callable[[FaultPerson], Life]
    life: Life | None = None
    answer: dict[str, Any] | None = None
    not_before: float = 0.0

    def next(self) -> Step | float:
        """Returns its next write, or the seconds that it rests; after the end of a life another one begins."""
        while True:
            if self.life is None:
                self.life, self.answer = self.kind(self.person), None
            try:
                return next(self.life) if self.answer is None else self.life.send(self.answer)
            except StopIteration:
                self.life = None


class Load:
    """The load of a run. `held_back` counts the writes for which no hand was free, or too many were in flight."""

    def __init__(self, callers: Sequence[Caller], recorder: Recorder, pace: Pace, seed: int) -> None:
        self.recorder = recorder
        self.callers = callers
        self.pace = pace
        self.seed = seed
        self.held_back = 0
        self.disturbed = 0  # writes that were acknowledged only after a retry, or never
        self.slow = 0  # writes that took longer than SLOW_SECONDS
        self.acks: list[float] = []  # when writes were acknowledged
        self.due: list[float] = []  # when reminders were asked to fire, in seconds since 1970
        self._random = random.Random(seed)
        self._free: list[Hand] = []
        self._resting: list[Hand] = []
        self._running: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []

    @property
    def in_flight(self) -> int:
        return len(self._running)

    async def start(self) -> None:
        for caller in self.callers:
            hot = await caller.create("Hot", reminders=[])
            person = FaultPerson(caller.user_id, hot["id"], self._random)
            for kind, hands in lives.HANDS.items():
                self._free += [Hand(caller, person, kind) for _ in range(hands)]
        self._loops = [asyncio.create_task(self._tick()), asyncio.create_task(self._look())]

    async def finish(self) -> None:
        """Sends no more writes, and waits for those under way."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running, timeout=ASK_AGAIN_SECONDS)
        for task in self._running:
            task.cancel()

    async def _look(self) -> None:
        self.pace.cpu_percent()
        while True:
            await asyncio.sleep(1)
            self.pace.look()

    async def _tick(self) -> None:
        due = time.monotonic()
        while True:
            # After a stop of this process there must be no burst of more than a second.
            due = max(due + 1 / self.pace.rate, time.monotonic() - 1)
            await asyncio.sleep(due - time.monotonic())
            self._free_the_rested()
            picked = self._pick() if self.in_flight < MOST_IN_FLIGHT else None
            if picked is None:
                self.held_back += 1
                continue
            task = asyncio.create_task(self._work(*picked))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _pick(self) -> tuple[Hand, Step] | None:
        """Returns a free hand with its next write, or None; hands whose life rests are put aside."""
        while self._free:
            index = self._random.randrange(len(self._free))
            self._free[index], self._free[-1] = self._free[-1], self._free[index]
            hand = self._free.pop()
            step = hand.next()
            if isinstance(step, Step):
                return hand, step
            hand.answer = {}  # a rest has an empty answer
            hand.not_before = time.monotonic() + step
            self._resting.append(hand)
        return None

    def _free_the_rested(self) -> None:
        now = time.monotonic()
        rested = [hand for hand in self._resting if hand.not_before <= now]
        if rested:
            self._free += rested
            self._resting = [hand for hand in self._resting if hand.not_before > now]

    async def _work(self, hand: Hand, step: Step) -> None:
        """Does one write; without a certain answer the hand abandons its life."""
        entry = self.recorder.invoke(step.operation)
        hand.answer = await self._until_certain(hand.caller, entry, step)
        self.disturbed += entry.attempts > 1 or entry.outcome == "unknown"
        self.slow += entry.ended - entry.invoked > SLOW_SECONDS
        if hand.answer is None:
            hand.life = None
        self._free.append(hand)

    async def _until_certain(self, caller: Caller, entry: Entry, step: Step) -> dict[str, Any] | None:
        """Returns the answer to an acknowledged write, or None.

        An attempt without a certain answer is repeated, or the hand gives up.
        """
        gives_up = self._random.random() < GIVES_UP_SHARE
        deadline = entry.invoked + ASK_AGAIN_SECONDS
        attempts, reached, pause = 0, False, FIRST_PAUSE_SECONDS
        statuses: Counter[str] = Counter()
        while True:
            attempts += 1
            answer, detail = await _attempt(caller, step)
            if answer is not None and answer.is_success:
                version = int(answer.headers.get("ETag", '"0"').strip('"'))
                self.recorder.end(entry, "ok", version=version, attempts=attempts, statuses=statuses)
                self.acks.append(entry.ended)
                self._note_due(step)
                value: dict[str, Any] = answer.json()
                return value
            status = _NOT_SENT if detail.startswith("ConnectError") else 0 if answer is None else answer.status_code
            statuses[_named(status, answer)] += 1
            if 400 <= status < 500 and status != 429:
                self.recorder.end(entry, "fail", attempts=attempts, detail=detail, statuses=statuses)
                return None
            reached = reached or status != _NOT_SENT
            if gives_up or time.monotonic() > deadline:
                outcome = "unknown" if reached else "fail"
                self.recorder.end(entry, outcome, attempts=attempts, detail=detail, statuses=statuses)
                return None
            asked = float(answer.headers.get("Retry-After", 0)) if answer is not None else 0.0
            await asyncio.sleep(min(max(asked, pause), LONGEST_PAUSE_SECONDS) * self._random.uniform(0.8, 1.2))
            pause *= 2

    def _note_due(self, step: Step) -> None:
        if step.operation.fires_at:
            self.due.append(lives.parsed_seconds(step.operation.fires_at))


def _named(status: int, answer: httpx.Response | None) -> str:
    """Returns the name of a status; a 503 without Retry-After has a name of its own."""
    if status == 503 and answer is not None and "Retry-After" not in answer.headers:
        return "503 without Retry-After"
    return {_NOT_SENT: "not sent", 0: "no answer"}.get(status, str(status))


async def _attempt(caller: Caller, step: Step) -> tuple[httpx.Response | None, str]:
    """Returns the answer, if one came, and the text of an error."""
    try:
        answer = await caller.http.request(
            step.method, step.path, json=step.body, headers={"Idempotency-Key": step.key}
        )
    except httpx.HTTPError as error:
        return None, repr(error)
    return answer, "" if answer.is_success else answer.text


@asynccontextmanager
async def running_load(
    urls: Sequence[str], history: Path, *, seed: int, pace: Pace, users: int = USERS, readers: int = READERS
) -> AsyncGenerator[tuple[Load, list[PositionReader]]]:
    """Runs a load for the length of the block, and reads each user's stream from its beginning throughout."""
    async with AsyncExitStack() as stack:
        gate = asyncio.Semaphore(_SIGN_UPS_AT_ONCE)

        async def script(number: int) -> Caller:
            async with gate:
                return await _script(urls[number % len(urls)])

        callers = await asyncio.gather(*(script(number) for number in range(users)))
        for caller in callers:
            await stack.enter_async_context(caller)
        opened = [PositionReader(urls, callers[number % users], number) for number in range(readers)]
        for reader in opened:
            await stack.enter_async_context(reader)
        recorder = Recorder(history)
        load = Load(callers, recorder, pace, seed)
        await load.start()
        try:
            yield load, opened
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await load.finish()
            recorder.close()


async def _script(url: str) -> Caller:
    """Returns a script of a new user; it sends no consistency token, so its writes wait for no read model."""
    async with signed_up(url) as person:
        script = Caller(url, await person.new_token())
    script.user_id = person.user_id
    return script
