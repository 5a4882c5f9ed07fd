"""The read model of conversations: rows never go back, titles come from the docs, and left runs are found fast."""

from datetime import timedelta
from uuid import uuid4

import pytest

from actors.clock import instant_text
from actors.replies import Json
from host.store.engine import Database
from host.store.read_model import conversation_queries, conversation_rows
from tests.fakes.person import NOON, FakePerson
from tests.store.explained import Explained
from tests.store.world import World

pytestmark = pytest.mark.store

LEASE = timedelta(seconds=30)


def summary(version: int, **fields: object) -> Json:
    at = instant_text(NOON)
    row = {"id": "talk", "user_id": "ada", "version": version, "messages": version, "run": None}
    return {**row, "created_at": at, "updated_at": at, "deleted_at": None, **fields}


async def test_a_row_never_goes_back(database: Database) -> None:
    async with database.raw() as connection:
        for version in (1, 3, 2):
            await conversation_rows.upsert(connection, {"talk": summary(version)}, [])
        assert tuple(await connection.fetchrow("SELECT version, messages FROM conversations")) == (3, 3)


async def test_the_title_is_that_of_the_doc_and_goes_with_it(world: World) -> None:
    person, talk, run = FakePerson(), str(uuid4()), str(uuid4())
    said = {"conversation_id": talk, "message_id": run, "run_id": run, "text": "about Ana", "new": True, "scopes": []}
    for name, body, title in [
        ("SayMessage", said, "about Ana"),
        ("RenameConversation", {"title": "Ana"}, "Ana"),
        ("ForgetConversation", {}, ""),
    ]:
        reply = await world.say(talk, person.says(name, body), "ConversationActor")
        async with world.database.raw() as connection:
            await conversation_rows.upsert(connection, {talk: reply.value}, [talk])
        assert await world.value("SELECT title FROM conversations") == title


async def test_left_runs_are_found_without_looking_at_all(database: Database) -> None:
    held = {"id": "run", "state": "running", "records": 0, "leased_until": instant_text(NOON + LEASE)}
    rows = {f"talk {n:05}": summary(1, id=f"talk {n:05}") for n in range(5_000)}
    rows["talk 00007"]["run"] = held
    rows["talk 00008"]["run"] = {**held, "leased_until": instant_text(NOON + 2 * LEASE)}
    async with database.raw() as connection:
        await conversation_rows.upsert(connection, rows, [])
        await connection.execute("ANALYZE conversations")
        explained = Explained(connection)
        for seconds, found in [(29, []), (30, ["talk 00007"]), (60, ["talk 00007", "talk 00008"])]:
            left = await conversation_queries.left_runs(explained, NOON + timedelta(seconds=seconds), 10)  # type: ignore[arg-type]
            assert [run.conversation_id for run in left] == found
        assert explained.read <= 20


async def test_a_conversation_is_read_by_its_person_alone(world: World) -> None:
    person, talk, run = FakePerson(), str(uuid4()), str(uuid4())
    said = {"conversation_id": talk, "message_id": run, "run_id": run, "text": "hello", "new": True, "scopes": []}
    await world.say(talk, person.says("SayMessage", said), "ConversationActor")
    async with world.database.raw() as connection:
        mine = await conversation_queries.find(connection, person.id, talk)
        assert mine is not None
        assert [message["text"] for message in mine["messages"]] == ["hello"]
        assert await conversation_queries.find(connection, FakePerson().id, talk) is None
        assert await conversation_queries.find(connection, person.id, run) is None
