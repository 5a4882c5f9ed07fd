"""Duely without a sidecar: the public app over the real rules, a real database and the real consumers."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from actors.commands import Principal, build_command
from host.consumers.catchup import Catchup
from host.consumers.wiring import wired
from host.live.hub import Hub
from host.readiness import Check
from host.settings import Settings
from host.store.engine import Database
from host.store.read_model.consistency import Projection
from tests.fakes.documented import held_to_its_document
from tests.fakes.gateway import FakeActors
from tests.fakes.person import FakeClock
from web.api.app import create_app
from web.services import LONGEST_WAIT_SECONDS, Services

PASSWORD = "a long phrase of mine"
QUIET = Settings(rate_limits=False)


@dataclass
class World:
    """All that is behind the API. `lagging` keeps the consumers from running at each commit."""

    db: Database
    clock: FakeClock
    settings: Settings
    lagging: bool = False
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(self.db, poll_seconds=0.2)
        self.projection = Projection(self.db)
        self.actors = FakeActors(self.db, self.clock, self._on_commit)
        beneath = self.actors.beneath
        handlers = wired(self.db, self.clock, beneath, on_readable=self.projection.note, signal=self._signal)
        self._catchups = [Catchup(self.db, row) for row in handlers.consumers() if row.name != "rezone"]
        self._stepping = asyncio.Lock()
        self.app = self.app_with(self.settings)

    def app_with(
        self,
        settings: Settings,
        page: Path = Path("no page"),
        *,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> FastAPI:
        """Another replica's app over the same things."""
        services = Services(
            settings=settings,
            clock=self.clock,
            db=self.db,
            actors=self.actors,
            hub=self.hub,
            projection=self.projection,
            signing_key=b"a key of this test",
            longest_wait_seconds=longest_wait_seconds,
            checks=self.checks,
        )
        return create_app(services, page)

    @property
    def checks(self) -> Mapping[str, Check]:
        return {"database": self._database_works}

    async def settle(self) -> None:
        """Lets the consumers handle everything that was committed."""
        async with self._stepping:
            while sum([await catchup.step() for catchup in self._catchups]):
                pass

    async def _on_commit(self) -> None:
        if not self.lagging:
            await self.settle()

    def _signal(self, users: set[str]) -> None:
        self.hub.signal(users)
        self.projection.signal(users)

    async def _database_works(self) -> str:
        await self.db.ping()
        return "ok"

    def client(self, app: ASGIApp | None = None, **headers: str) -> httpx.AsyncClient:
        """Returns a client as a browser or a script is one; errors of the app are responses, as over a socket."""
        transport = httpx.ASGITransport(app or self.app, raise_app_exceptions=False)
        hooks = {"response": [held_to_its_document]}
        return httpx.AsyncClient(transport=transport, base_url="http://duely.test", headers=headers, event_hooks=hooks)

    async def person(self, email: str = "ada@example.org", **fields: Any) -> httpx.AsyncClient:
        """Returns a client with a session of a new user."""
        client = self.client()
        body = {"email": email, "password": PASSWORD, **fields}
        answer = await client.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        client.headers["x-user-id"] = answer.json()["user"]["id"]
        return client

    async def patch_as_before(self, person: httpx.AsyncClient, task_id: str, body: dict[str, Any]) -> None:
        """Edits a task past the rules that hold for what people type."""
        me, command_id = person.headers["x-user-id"], str(uuid4())
        principal = Principal("user", me, me)
        command = build_command(
            "PatchTask", body, id=command_id, principal=principal, correlation_id="before", zone="UTC"
        )
        await self.actors.send("TaskActor", task_id, command)

    async def script(self, person: httpx.AsyncClient, *scopes: str) -> httpx.AsyncClient:
        """Returns a client with a token of that person."""
        answer = await person.post("/api/v1/tokens", json={"name": "script", "scopes": scopes or ("read", "write")})
        assert answer.status_code == 201, answer.text
        return self.client(authorization=f"Bearer {answer.json()['token']}")


@asynccontextmanager
async def world(database_url: str, settings: Settings = QUIET) -> AsyncGenerator[World]:
    db = Database(database_url)
    await db.open()
    here = World(db, FakeClock(), replace(settings, database_url=database_url))
    await here.actors.open()
    await here.settle()
    try:
        yield here
    finally:
        await db.close()
