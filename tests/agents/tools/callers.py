"""Somebody who calls tools, as an agent of a person does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from actors.commands import Cause, command_id_for_key
from host.store.read_model import user_queries
from tests.fakes.world import World
from web.act import Act
from web.api.edge.credentials import profile_of
from web.caller import Caller
from web.tools.calling import call
from web.tools.tool import Tool, Use

RUN = "f3a9ad9c-7ea3-4e57-8a3c-25f3a5dc1a53"


@dataclass
class Agent:
    """Calls tools in a person's name; `again` names a call that was made before."""

    here: World
    person: httpx.AsyncClient
    scopes: frozenset[str] = frozenset({"read", "write"})
    token_id: str = field(default_factory=lambda: str(uuid4()))
    calls: Iterator[int] = field(default_factory=count)

    async def __call__(self, tool: Tool, again: str | None = None, **arguments: Any) -> dict[str, Any]:
        return await call(tool, await self.use(again or f"call {next(self.calls)}"), arguments)

    async def use(self, name: str) -> Use:
        async with self.here.db.connect() as connection:
            user = await user_queries.find(connection, self.person.headers["x-user-id"])
        assert user is not None
        caller = Caller(profile_of(user), "agent", self.token_id, self.scopes, "")
        duely, command_id = self.here.app.state.duely, command_id_for_key(user.id, name)
        cause = Cause("tool", command_id, RUN)
        return Use(Act(duely.services, duely.signer, duely.quota, caller, cause, "a-correlation", command_id))


async def task(person: httpx.AsyncClient, title: str, **fields: Any) -> str:
    """Makes a task by HTTP; returns its id."""
    answer = await person.post("/api/v1/tasks", json={"title": title, **fields})
    assert answer.status_code == 201, answer.text
    task_id: str = answer.json()["id"]
    return task_id
