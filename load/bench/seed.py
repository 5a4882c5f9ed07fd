"""Many actors at once: the documents that turns would have written, inserted straight into the triggers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from actors.commands import Principal, build_command
from actors.doc import Doc
from actors.replies import Accepted
from actors.series import rules as series_rules
from actors.turn import Rules
from host.store.turns.actor_state import row_key
from load.bench.figures import VoidError
from load.bench.system import System

_BATCH = 500
_SEED = 7305
ZONE = "Europe/Berlin"
DEFAULTS = {"reminder_offset_minutes": 30}
Row = tuple[str, bytes]  # key and document


async def seed(system: System, rows: Iterable[Row]) -> None:
    """Inserts rows of actor state, 500 a transaction."""
    left = iter(rows)
    async with system.database() as database:
        while batch := list(islice(left, _BATCH)):
            await database.copy_records_to_table("dapr_state", columns=("key", "value"), records=batch)


def documents(
    actor_type: str, rules: Rules, command: str, user_id: str, bodies: Iterable[tuple[str, dict[str, Any]]]
) -> Iterator[Row]:
    """Gives the first document of each actor; `bodies` are the actors' ids, each with the body of its first command.

    Raises VoidError when the rules refuse a command.
    """
    for actor_id, body in bodies:
        first = build_command(
            command,
            body if actor_type == "UserActor" else {**body, "id": actor_id},
            id=str(uuid4()),
            principal=Principal("user", user_id, user_id),
            correlation_id=actor_id,
            zone=ZONE,
            defaults=DEFAULTS,
        )
        decision = rules(None, 0, first, datetime.now(UTC))
        if not isinstance(decision, Accepted):
            raise VoidError(f"{command} was not accepted: {decision}")
        yield row_key(actor_type, actor_id), Doc().after(decision, first).written(decision.events)


def series_body(number: int, start: datetime, mode: str = "schedule") -> dict[str, Any]:
    """Returns the body of a daily series that starts at that instant."""
    local = start.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None).isoformat(timespec="seconds")
    return {
        "template": {"title": f"Water the plants, {number}"},
        "rule": "FREQ=DAILY",
        "start": {"local": local, "zone": ZONE},
        "mode": mode,
    }


async def seed_series(system: System, user_id: str, bodies: Sequence[dict[str, Any]]) -> list[str]:
    """Inserts a series of each body; returns their ids, in the order of the bodies."""
    chance = chance_of(user_id, bodies[0]["start"]["local"], bodies[0]["mode"])
    ids = [random_id(chance) for _ in bodies]
    pairs = zip(ids, bodies, strict=True)
    await seed(system, documents("SeriesActor", series_rules.decide, "CreateSeries", user_id, pairs))
    return ids


def chance_of(*names: str) -> Random:
    """Returns the same chance for the same names, so that each run of the bench seeds the same actors' times."""
    return Random("/".join((str(_SEED), *names)))  # noqa: S311  no secret


def random_id(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def from_now(span: timedelta) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + span
