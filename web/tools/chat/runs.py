"""The runs of a process: begun by a message, followed by whoever looks, stopped, and taken up where nobody leads them."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Final
from uuid import UUID, uuid4, uuid5

from actors.replies import Json
from host.store.engine import is_outage
from host.store.read_model import conversation_queries
from host.store.read_model.conversation_queries import LeftRun
from web.act import CONVERSATION, Act
from web.problems import ProblemError, not_found
from web.tools.chat.asking import Office, act_of
from web.tools.chat.backends.backend import Backend
from web.tools.chat.hold import Hold
from web.tools.chat.limits import RunLeftError, RunRevokedError, RunStoppedError
from web.tools.chat.recorder import Watch
from web.tools.chat.run import Lead, passes

log = logging.getLogger(__name__)

MOST_CONVERSATIONS: Final = 500
MOST_AT_ONCE: Final = 4  # runs of one user, in one process
LOOK_SECONDS: Final = 5.0  # how often a process looks for runs that nobody leads
FOLLOW_SECONDS: Final = 75.0
_LEFT_AT_ONCE: Final = 16
_POLL_SECONDS: Final = 0.25
_PAUSES_SECONDS: Final = (0.5, 1.0, 2.0, 4.0)
_PATIENCE_SECONDS: Final = 60.0  # of an outage; then somebody takes the run up later
_MOST_SEEN: Final = 2_000  # pieces that are kept for those who look later


@dataclass(eq=False, slots=True)
class Running:
    """A run that this process leads. `seen` is what happened, for those who look; each `more` is set when that grows.

    `over`: this process does nothing for it any more. `is_left`: it has not ended, and somebody takes it up later.
    """

    conversation_id: str
    run_id: str
    user_id: str
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[Json] = field(default_factory=list[Json])
    more: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    is_left: bool = False
    task: asyncio.Task[None] | None = None

    def see(self, what: Json) -> None:
        """Notes what happened; beyond a limit, no more is kept."""
        if len(self.seen) < _MOST_SEEN:
            self.seen.append(what)
        self._wake()

    def end(self) -> None:
        """Notes that nothing more will happen."""
        self.over.set()
        self._wake()

    def _wake(self) -> None:
        """Wakes all who wait, and gives those who wait next an event of their own."""
        woken, self.more = self.more, asyncio.Event()
        woken.set()


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was said, and the run that answers it."""

    conversation_id: str
    run_id: str


class Runs:
    """All runs of this process. `patience_seconds` says how long an outage is waited out."""

    def __init__(self, office: Office, backend: Backend, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._office = office
        self._backend = backend
        self._patience_seconds = patience_seconds
        self._running: dict[str, Running] = {}

    async def say(self, act: Act, text: str, conversation_id: str | None, *, confirmed: bool = False) -> Message:
        """Says a message and begins its run; the same act again finds both.

        Raises the 404 for a conversation of nobody or another, the 409 while another message is being answered, the 403
        beyond the number of conversations and the 429 beyond that of runs.
        """
        place = conversation_id or str(uuid5(UUID(act.user_id), act.command_id))
        said = Message(place, str(uuid5(UUID(place), act.command_id)))
        await self._admit(act, said, is_new=conversation_id is None)
        body = {
            "conversation_id": said.conversation_id,
            "message_id": act.command_id,
            "run_id": said.run_id,
            "text": text,
            "new": conversation_id is None,
            "confirmed": confirmed,
            "scopes": sorted(act.caller.scopes),
        }
        await act.send(CONVERSATION, said.conversation_id, act.command("SayMessage", body))
        await self._take_up(LeftRun(said.conversation_id, act.user_id, said.run_id))
        return said

    async def _admit(self, act: Act, said: Message, *, is_new: bool) -> None:
        others = [run for run in self._running.values() if run.user_id == act.user_id and run.run_id != said.run_id]
        if len(others) >= MOST_AT_ONCE:
            detail = f"{MOST_AT_ONCE} of your messages are being answered; wait for one of the answers."
            raise ProblemError(429, "too_many_runs", detail, headers={"Retry-After": "5"})
        if is_new and await self._has_most(act) and await stored(act, said.conversation_id) is None:
            detail = f"You have {MOST_CONVERSATIONS} conversations; delete one that you do not need."
            raise ProblemError(403, "quota_reached", detail)

    async def _has_most(self, act: Act) -> bool:
        async with act.db.connect() as connection:
            return await conversation_queries.count(connection, act.user_id) >= MOST_CONVERSATIONS

    async def follow(self, said: Message) -> AsyncGenerator[Json]:
        """Yields what happens in a run from its beginning, as far as this process leads it; ends with the run."""
        running = self._running.get(said.run_id)
        place = 0
        while running is not None:
            more = running.more
            while place < len(running.seen):
                place += 1
                yield running.seen[place - 1]
            if running.over.is_set():
                return
            await more.wait()

    async def answer_to(self, act: Act, said: Message) -> Json | None:
        """Returns the message that answers, once it is there; None when the run still goes on after a while.

        Raises the 404 when the conversation is forgotten meanwhile, and the 410 for an answer that it keeps no more.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + FOLLOW_SECONDS
        while True:
            running = self._running.get(said.run_id)
            if running is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(running.over.wait(), max(0.0, ends_at - loop.time()))
            state = await stored(act, said.conversation_id)
            if state is None:
                raise not_found("conversation")
            if (answer := _answer_in(state, said.run_id)) is not None:
                return answer
            if (running is not None and running.is_left) or loop.time() > ends_at:
                return None
            await asyncio.sleep(_POLL_SECONDS)

    async def stop(self, act: Act, conversation_id: str) -> Json:
        """Asks the run of a conversation to end after the call that is under way; returns what is known of it."""
        reply = await act.send(CONVERSATION, conversation_id, act.command("StopRun"))
        for running in self._running.values():
            if running.conversation_id == conversation_id:
                running.stopped.set()
        return reply.value

    async def watch(self) -> None:
        """Takes up runs that nobody leads, until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.take_up_left()
            except Exception as error:
                if not is_outage(error):
                    log.exception("runs of the chat could not be looked for")

    async def take_up_left(self) -> int:
        """Takes up runs whose lease is over; returns how many."""
        services = self._office.services
        async with services.db.raw() as connection:
            left = await conversation_queries.left_runs(connection, services.clock.now(), _LEFT_AT_ONCE)
        taken = [await self._take_up(run) for run in left if run.run_id not in self._running]
        return sum(taken)

    async def settle(self) -> None:
        """Waits for all runs of this process."""
        await asyncio.gather(*(running.task for running in [*self._running.values()] if running.task is not None))

    async def close(self) -> None:
        """Leaves all runs where they are; somebody takes them up later."""
        tasks = [running.task for running in self._running.values() if running.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_up(self, left: LeftRun) -> bool:
        """Begins to lead a run, unless it has ended or somebody leads it; returns whether it does."""
        running = Running(left.conversation_id, left.run_id, left.user_id)
        if self._running.setdefault(left.run_id, running) is not running:
            return False
        try:
            lead = await self._lead_of(running)
        except BaseException:
            self._forget(running)
            raise
        if lead is None:
            self._forget(running)
            return False
        running.task = asyncio.create_task(self._go_on(running, lead), name=f"run {left.run_id}")
        return True

    def _forget(self, running: Running) -> None:
        self._running.pop(running.run_id, None)
        running.end()

    async def _lead_of(self, running: Running) -> Lead | None:
        state = await self._state_of(running)
        run = state and state["run"]
        if not run or run["id"] != running.run_id:
            return None
        try:
            act = await act_of(self._office, running.user_id, run)
            hold = Hold(act, running.conversation_id, running.run_id, str(uuid4()))
            await _claim(hold, running)
        except (RunLeftError, RunRevokedError):
            return None
        return Lead(self._office, self._backend, hold, Watch(running.see, running.stopped))

    async def _state_of(self, running: Running) -> Json | None:
        async with self._office.services.db.raw() as connection:
            return await conversation_queries.find(connection, running.user_id, running.conversation_id)

    async def _go_on(self, running: Running, lead: Lead) -> None:
        try:
            await self._until_over(running, lead)
        except RunLeftError:
            log.info("a run is led elsewhere", extra={"run": running.run_id})
        except Exception as error:
            if not passes(error):
                log.exception("a run of the chat ended by itself", extra={"run": running.run_id})
            else:
                log.warning("a run is left for later", extra={"run": running.run_id, "cause": repr(error)[:300]})
            running.is_left = True
        except asyncio.CancelledError:
            running.is_left = True
            raise
        finally:
            self._forget(running)

    async def _until_over(self, running: Running, lead: Lead) -> None:
        """Leads the run, again after each outage: what is recorded is not done twice."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._patience_seconds
        pauses = chain(_PAUSES_SECONDS, repeat(_PAUSES_SECONDS[-1]))
        while True:
            try:
                state = await self._state_of(running)
                if state is not None:
                    await lead.carry_on(state)
            except Exception as error:
                if loop.time() > ends_at or not passes(error):
                    raise
                await asyncio.sleep(next(pauses))
            else:
                return


async def _claim(hold: Hold, running: Running) -> None:
    """Claims the run, also one that the person has stopped: its end is still to be said."""
    try:
        await hold.claim()
    except RunStoppedError:
        running.stopped.set()


async def stored(act: Act, conversation_id: str) -> Json | None:
    """Returns the caller's conversation with all that was said; None for one that is not there, or is another's."""
    async with act.db.raw() as connection:
        return await conversation_queries.find(connection, act.user_id, conversation_id)


def _answer_in(state: Json, run_id: str) -> Json | None:
    answers: list[Json] = [message for message in state["messages"] if message["run_id"] == run_id]
    if answers and answers[-1]["role"] == "assistant":
        return answers[-1]
    if state["run"] is None or state["run"]["id"] != run_id:
        raise ProblemError(410, "answer_dropped", "The conversation was long, and keeps this answer no more.")
    return None
