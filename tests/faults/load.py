"""Mixed writes of many users at a rate that the machine bears, each written down with its outcome.

A hand takes one life after another through its steps, so that it knows what each write must change. When an answer does
not come, it asks again with the same key, as our page does, until it is told; some hands give up instead, and leave
that life for good.
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
from tests.faults.listener import Listener
from tests.faults.lives import FaultPerson, Life, Step
from tests.faults.pace import Pace
from tests.faults.recorder import Entry, Recorder
from tests.support.client import Caller

USERS = 100
LISTENERS = 200
GIVES_UP_SHARE = 0.15
ASK_AGAIN_SECONDS = 150.0
FIRST_PAUSE_SECONDS = 0.4
LONGEST_PAUSE_SECONDS = 2.0
SLOW_SECONDS = 0.3
MOST_IN_FLIGHT = 250  # a fault must not leave a queue behind it that outlives it by minutes
_SIGN_UPS_AT_ONCE = 4
_NOT_SENT = -1


@dataclass(eq=False, slots=True)
class Hand:
    """One at work for a person; `told` is the answer that its life has not seen yet."""

    caller: Caller
    person: FaultPerson
    kind: Callable[[FaultPerson], Life]
    life: Life | None = None
    told: dict[str, Any] | None = None
    not_before: float = 0.0

    def next(self) -> Step | float:
        """Its next write, or how long it rests; a life that is over is followed by another."""
        while True:
            if self.life is None:
                self.life, self.told = self.kind(self.person), None
            try:
                return next(self.life) if self.told is None else self.life.send(self.told)
            except StopIteration:
                self.life = None


class Load:
    """Runs from `start` to `finish`; `held_back` counts the writes that no hand was free for, or too many waited."""

    def __init__(self, callers: Sequence[Caller], recorder: Recorder, pace: Pace, seed: int) -> None:
        self.recorder = recorder
        self.callers = callers
        self.pace = pace
        self.seed = seed
        self.held_back = 0
        self.disturbed = 0  # writes that were told only when asked for again, or never
        self.slow = 0  # writes that took longer than a delay adds
        self.acks: list[float] = []  # when writes were acknowledged
        self.due: list[float] = []  # when reminders were asked to fire, by the wall clock
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
        """Stop asking and let what is under way end."""
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
            due = max(
                due + 1 / self.pace.rate, time.monotonic() - 1
            )  # no burst longer than a second after a stop of ours
            await asyncio.sleep(due - time.monotonic())
            self._wake_the_rested()
            found = self._pick() if self.in_flight < MOST_IN_FLIGHT else None
            if found is None:
                self.held_back += 1
                continue
            task = asyncio.create_task(self._work(*found))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _pick(self) -> tuple[Hand, Step] | None:
        """A free hand with its next write; those that rest now are put aside."""
        while self._free:
            index = self._random.randrange(len(self._free))
            self._free[index], self._free[-1] = self._free[-1], self._free[index]
            hand = self._free.pop()
            step = hand.next()
            if isinstance(step, Step):
                return hand, step
            hand.told = {}  # a rest has no answer
            hand.not_before = time.monotonic() + step
            self._resting.append(hand)
        return None

    def _wake_the_rested(self) -> None:
        now = time.monotonic()
        rested = [hand for hand in self._resting if hand.not_before <= now]
        if rested:
            self._free += rested
            self._resting = [hand for hand in self._resting if hand.not_before > now]

    async def _work(self, hand: Hand, step: Step) -> None:
        """One write; without a certain answer the life is left."""
        entry = self.recorder.invoke(step.operation)
        hand.told = await self._until_told(hand.caller, entry, step)
        self.disturbed += entry.attempts > 1 or entry.outcome == "unknown"
        self.slow += entry.ended - entry.invoked > SLOW_SECONDS
        if hand.told is None:
            hand.life = None
        self._free.append(hand)

    async def _until_told(self, caller: Caller, entry: Entry, step: Step) -> dict[str, Any] | None:
        """What was answered when it was acknowledged. An attempt without a certain answer is repeated, or given up."""
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
    """A 503 says when to come back; one that does not is another thing."""
    if status == 503 and answer is not None and "Retry-After" not in answer.headers:
        return "503 without Retry-After"
    return {_NOT_SENT: "not sent", 0: "no answer"}.get(status, str(status))


async def _attempt(caller: Caller, step: Step) -> tuple[httpx.Response | None, str]:
    """The answer, if one came, and what it said."""
    try:
        answer = await caller.http.request(
            step.method, step.path, json=step.body, headers={"Idempotency-Key": step.key}
        )
    except httpx.HTTPError as error:
        return None, repr(error)
    return answer, "" if answer.is_success else answer.text


@asynccontextmanager
async def storm(
    urls: Sequence[str], history: Path, *, seed: int, pace: Pace, users: int = USERS, listeners: int = LISTENERS
) -> AsyncGenerator[tuple[Load, list[Listener]]]:
    """A load under way for the length of the block, each user's stream read from its beginning throughout."""
    async with AsyncExitStack() as stack:
        gate = asyncio.Semaphore(_SIGN_UPS_AT_ONCE)

        async def script(number: int) -> Caller:
            async with gate:
                return await _script(urls[number % len(urls)])

        callers = await asyncio.gather(*(script(number) for number in range(users)))
        for caller in callers:
            await stack.enter_async_context(caller)
        ears = [Listener(urls, callers[number % users], number) for number in range(listeners)]
        for ear in ears:
            await stack.enter_async_context(ear)
        recorder = Recorder(history)
        load = Load(callers, recorder, pace, seed)
        await load.start()
        try:
            yield load, ears
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await load.finish()
            recorder.close()


async def _script(url: str) -> Caller:
    """A new user's script; nothing waits for the read model between its writes."""
    async with Caller(url) as person:
        await person.sign_up()
        script = Caller(url, await person.new_token())
    script.user_id = person.user_id
    return script
