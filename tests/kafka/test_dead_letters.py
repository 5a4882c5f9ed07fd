"""An event that a consumer cannot handle becomes a dead letter, in the table and on its topic, and holds up nothing."""

from typing import Any

import orjson
import pytest

from tests.kafka.broker import TestBroker
from tests.kafka.handled import GRACE_SECONDS, handled_within, value
from tests.kafka.topic import messages
from tests.support.client import Caller
from tests.support.deadline import eventually
from tests.support.system import System

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]

SOON = GRACE_SECONDS - 2
BROKEN = {"id": "a task without the rest of it"}


async def test_a_faulty_event_goes_to_the_table_and_to_its_topic(
    system: System, broker: TestBroker, person: Caller
) -> None:
    task = await person.create("Whole")
    body = orjson.loads(await value(system, "SELECT body::text FROM outbox WHERE actor_id = $1", task["id"]))
    broken = {**body, "id": f"{body['id']}:broken", "data": {**body["data"], "task": BROKEN}}
    await _commit(system, broken, task["id"])
    letter = await eventually(lambda: _on_topic(broker, broken["id"]), SOON, "the copy on the topic", 0.3)
    assert letter["source"] == "/consumers/projector"
    assert letter["data"]["event"] == broken
    assert "version" in letter["data"]["error"]
    kept = await value(system, "SELECT consumer FROM dead_letters WHERE event_id = $1", broken["id"])
    assert kept == "projector"
    after = await person.create("After it")
    await handled_within(system, "projector", "task.created", after["id"], SOON)


async def _commit(system: System, event: dict[str, Any], actor_id: str) -> None:
    """Writes a row of the outbox that no turn would write."""
    async with system.database() as connection:
        await connection.execute(
            """INSERT INTO outbox (event_id, type, user_id, actor_type, actor_id, version, seq, of, body)
               SELECT $1, type, user_id, actor_type, actor_id, version, 99, of, $2 FROM outbox WHERE actor_id = $3 LIMIT 1""",
            event["id"],
            orjson.dumps(event).decode(),
            actor_id,
        )


async def _on_topic(broker: TestBroker, event_id: str) -> Any:
    letters = messages(broker.access, "dead-letters")
    return next((letter for _, letter in letters if letter["data"]["event"]["id"] == event_id), None)
