"""Processes that die while they lead a run of the chat, and those that take it up."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx

from actors.commands import Command
from actors.replies import Reply
from tests.agents.chat import runs_over, say
from tests.fakes.world import World
from web.tools.chat.backends.backend import Backend
from web.tools.chat.runs import Runs

Send = Callable[[str, str, Command], Awaitable[Reply]]


class Death:
    """Ends the task that sends the command of a number, before it is delivered or after its reply is on the way."""

    def __init__(self, here: World, *, before: bool) -> None:
        self.before = before
        self.at = 0  # counts down to the command of the death; 0: nobody dies
        self.sent = 0
        self._deliver: Send = here.actors.send
        here.actors.send = self.send  # type: ignore[method-assign]

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        self.sent += 1
        self.at -= 1
        if self.at == 0 and self.before:
            raise asyncio.CancelledError
        reply = await self._deliver(actor_type, actor_id, command)
        if self.at == 0:
            raise asyncio.CancelledError
        return reply


async def one_life(runs: Runs) -> bool:
    """Takes up what is left and leads it until the end of the run or of this process; returns whether it ended."""
    with suppress(asyncio.CancelledError):
        await runs.take_up_left()
        await runs.settle()
        return True
    return False


async def begun(here: World, person: httpx.AsyncClient, backend: Backend, text: str) -> tuple[str, str]:
    """Says a message to a process that dies before it does anything; returns conversation and key."""
    here.app.state.runs = Dead(here, backend)
    key = str(uuid4())
    with suppress(Exception):
        await say(person, text, key=key)
    (talk,) = (await person.get("/api/v1/conversations")).json()["items"]
    return talk["id"], key


class Dead(Runs):
    """The runs of a process that begins runs and leads none."""

    def __init__(self, here: World, backend: Backend) -> None:
        super().__init__(runs_over(here, backend)._office, backend)

    async def _take_up(self, left: Any) -> bool:
        raise RuntimeError("killed")
