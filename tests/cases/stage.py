"""A whole Duely in this process for one case: the API over real turns, consumers and sweeps, on a clock that is moved."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from actors.commands import Command
from actors.replies import Reply
from host.live.hub import Hub
from host.runner.postgres import EmbeddedPostgres
from host.settings import Settings
from host.simulation.clock import SimulatedClock
from host.simulation.world import World
from host.store.engine import Database
from host.store.migrate import upgrade
from host.store.read_model.consistency import Projection
from web.api.app import create_app
from web.services import Services

TEMPLATE = "cases"
PASSWORD = "a long phrase of mine"
# Whether what follows from a command is done at once, or only when all is to be quiet.
EAGER: ContextVar[bool] = ContextVar("EAGER", default=True)


class Stage:
    """One case's Duely. A request that writes is answered when all that follows from it has been done."""

    def __init__(self, database: Database, settings: Settings, now: datetime) -> None:
        self.clock = SimulatedClock(now)
        self.world = World(database, self.clock)
        self._settling = asyncio.Lock()
        services = Services(
            settings=settings,
            clock=self.clock,
            db=database,
            actors=self,
            hub=Hub(database),
            projection=Projection(database),
            signing_key=b"a key of these cases",
        )
        self.app = create_app(services, Path("no page"))
        self.client = self._new_client()
        self._newcomers = 0

    def _new_client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://duely.test")

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        """Sends a command as the gateway does, and does what follows from it."""
        reply = await self.world.send(actor_type, actor_id, command)
        if EAGER.get():
            await self.settle()
        return reply

    async def settle(self) -> None:
        """Waits until all is quiet."""
        async with self._settling:
            await self.world.settle()

    async def move_to(self, instant: datetime) -> None:
        """Moves the clock there, with all that falls due on the way."""
        await self.world.run_to(instant)

    async def call(self, line: str, body: Any = None) -> httpx.Response:
        """Makes the request `METHOD /path`, and waits until all is quiet."""
        method, _, path = line.partition(" ")
        answer = await self.client.request(method, path, json=body)
        await self.settle()
        return answer

    async def sign_up(self, user: dict[str, Any]) -> None:
        """Makes the person of the case; `user` is `{timezone, defaults}`."""
        await self._register(self.client, "ada@example.org", user)

    async def newcomer(self, user: dict[str, Any]) -> tuple[httpx.AsyncClient, str]:
        """Makes one more person, and returns the client and the id of that one; `user` is `{timezone, defaults}`."""
        self._newcomers += 1
        client = self._new_client()
        return client, await self._register(client, f"person{self._newcomers}@example.org", user)

    async def _register(self, client: httpx.AsyncClient, email: str, user: dict[str, Any]) -> str:
        body = {"email": email, "password": PASSWORD, "timezone": user.get("timezone", "UTC")}
        made = await client.post("/api/v1/auth/register", json=body)
        _expect_success(made)
        if "defaults" in user:
            _expect_success(await client.patch("/api/v1/me", json={"defaults": user["defaults"]}))
        return str(made.json()["user"]["id"])


def _expect_success(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise ValueError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}")


class Stages:
    """Opens one stage after the other, each with an empty database of its own."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._count = 0
        self._kept: dict[str, Stage] = {}
        self._open = AsyncExitStack()
        self._opening = asyncio.Lock()

    async def prepare(self) -> None:
        """Makes the migrated template; to be called once."""
        await self._admin(f'CREATE DATABASE "{TEMPLATE}"')
        await upgrade(self._server.dsn(TEMPLATE))

    async def kept(self, now: datetime, user: dict[str, Any] | None) -> Stage:
        """Returns the one stage of several cases, with that person at `now`, or without one; `close` ends it."""
        name = f"{now} {user}"
        async with self._opening:
            if name not in self._kept:
                stage = await self._open.enter_async_context(self.stage(now))
                if user is not None:
                    await stage.sign_up(user)
                self._kept[name] = stage
        return self._kept[name]

    async def close(self) -> None:
        """Ends the stages that were kept."""
        await self._open.aclose()

    @asynccontextmanager
    async def stage(self, now: datetime) -> AsyncGenerator[Stage]:
        """Yields a stage whose clock stands at `now`."""
        self._count += 1
        name = f"case_{self._count}"
        await self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        settings = replace(Settings(rate_limits=False), database_url=self._server.dsn(name))
        database = Database(settings.database_url)
        try:
            await database.open()
            stage = Stage(database, settings, now)
            await stage.world.open()
            yield stage
            await stage.client.aclose()
        finally:
            await database.close()
            await self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _admin(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server.dsn("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def cases_of(file: Path, only: Sequence[str]) -> list[dict[str, Any]]:
    """Returns the cases of a file, or those of them whose ids or kinds are named."""
    cases: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return [
        case
        for case in cases
        if not only or case["id"] in only or case.get("kind", case.get("lang", "")).startswith(tuple(only))
    ]
