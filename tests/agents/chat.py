"""The chat of a test: its own back end, and what a conversation and the tasks are afterwards."""

from typing import Any
from uuid import uuid4

import httpx
import orjson

from actors.replies import Json
from tests.fakes.scripted_model import ScriptedModel
from tests.fakes.world import World
from web.tools.chat.asking import Office
from web.tools.chat.backends.backend import Backend
from web.tools.chat.backends.model import ModelBackend
from web.tools.chat.runs import Runs

CHAT = "/api/v1/chat"
CONVERSATIONS = "/api/v1/conversations"


def runs_over(here: World, backend: Backend) -> Runs:
    """Returns the runs of a process beside the one of the app."""
    state = here.app.state.duely
    return Runs(Office(state.services, state.signer, state.quota), backend, patience_seconds=0)


def with_model(here: World, model: ScriptedModel) -> Runs:
    """Gives the app that model; returns its runs."""
    here.app.state.runs = runs_over(here, ModelBackend(model))
    runs: Runs = here.app.state.runs
    return runs


async def say(person: httpx.AsyncClient, text: str, *, key: str | None = None, **fields: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return await person.post(CHAT, json={"message": text, **fields}, headers=headers)


async def said(person: httpx.AsyncClient, text: str, **fields: Any) -> Json:
    answer = await say(person, text, **fields)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


async def conversation(person: httpx.AsyncClient, conversation_id: str) -> Json:
    answer = await person.get(f"{CONVERSATIONS}/{conversation_id}")
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


async def tasks_of(person: httpx.AsyncClient) -> dict[str, Json]:
    answer = await person.get("/api/v1/tasks", params={"per_page": 200})
    return {task["title"]: task for task in answer.json()["items"]}


async def doc_of(here: World, conversation_id: str) -> str:
    """Returns the stored doc as text."""
    async with here.db.raw() as connection:
        query = "SELECT convert_from(value, 'UTF8') FROM dapr_state WHERE key LIKE $1"
        doc: str = await connection.fetchval(query, f"%||ConversationActor||{conversation_id}||doc")
    return doc


async def run_of(here: World, conversation_id: str) -> Json:
    run: Json = orjson.loads(await doc_of(here, conversation_id))["state"]["run"]
    return run
