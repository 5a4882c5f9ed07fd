"""Puts very many actors into the system: the documents that turns would have written, straight into the same triggers."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from actors.commands import Principal, build_command
from actors.doc import Doc
from actors.replies import Accepted
from actors.turn import Rules
from host.store.turns.actor_state import row_key
from load.bench.bench import Bench
from load.bench.figures import VoidError

_BATCH = 500
_ZONE = "Europe/Berlin"
_DEFAULTS = {"reminder_offset_minutes": 30}
Row = tuple[str, bytes]


async def seed(bench: Bench, rows: Iterable[Row]) -> None:
    """Insert the rows of actor state, some hundreds a transaction."""
    connection = await bench.system.connect()
    left = iter(rows)
    try:
        while batch := list(islice(left, _BATCH)):
            await connection.copy_records_to_table("dapr_state", columns=("key", "value"), records=batch)
    finally:
        await connection.close()


def documents(
    actor_type: str, rules: Rules, command: str, user_id: str, bodies: Iterable[tuple[str, dict[str, Any]]]
) -> Iterator[Row]:
    """The first document of each actor, by its id and the body of the command that makes it."""
    for actor_id, body in bodies:
        asked = build_command(
            command,
            body if actor_type == "UserActor" else {**body, "id": actor_id},
            id=str(uuid4()),
            principal=Principal("user", user_id, user_id),
            correlation_id=actor_id,
            zone=_ZONE,
            defaults=_DEFAULTS,
        )
        decision = rules(None, 0, asked, datetime.now(UTC))
        if not isinstance(decision, Accepted):
            raise VoidError(f"{command} was not accepted: {decision}")
        yield row_key(actor_type, actor_id), Doc().after(decision, asked).written(decision.events)
