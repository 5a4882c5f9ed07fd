"""Writing the table `change_sets`: one row a set, kept up to date with the entries of the activity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from host.store.engine import Raw
from host.store.read_model.activity_rows import CHANGES, PEOPLE, Entry


@dataclass(slots=True)
class _Set:
    first: Entry
    last_at: datetime
    changes: int = 0


async def add(connection: Raw, entries: Sequence[Entry]) -> None:
    """Adds entries that are new to the rows of their sets; a set keeps who began it."""
    sets = _sets(entry for entry in entries if entry.change_set is not None)
    if not sets:
        return
    rows = [(*names, _kind(one.first), one) for names, one in sorted(sets.items())]
    await connection.execute(
        """INSERT INTO change_sets AS s (user_id, id, kind, actor_kind, actor_id, started_at, last_at, changes)
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
             $7::timestamptz[], $8::int[])
           ON CONFLICT (user_id, id) DO UPDATE SET changes = s.changes + excluded.changes,
             last_at = greatest(s.last_at, excluded.last_at)""",
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        [row[3].first.actor_kind for row in rows],
        [row[3].first.actor_id for row in rows],
        [row[3].first.at for row in rows],
        [row[3].last_at for row in rows],
        [row[3].changes for row in rows],
    )


async def begin_revert(
    connection: Raw, user_id: str, revert_id: str, change_set: str, *, kind: str, actor: tuple[str, str], now: datetime
) -> None:
    """Notes which set is going to be taken back by which other, before its first entry; a second time changes nothing."""
    await connection.execute(
        """INSERT INTO change_sets (user_id, id, kind, actor_kind, actor_id, started_at, last_at, changes, reverts)
           VALUES ($1, $2, $3, $4, $5, $6, $6, 0, $7)
           ON CONFLICT (user_id, id) DO UPDATE SET reverts = excluded.reverts""",
        *(user_id, revert_id, kind, *actor, now, change_set),
    )


def _sets(entries: Iterable[Entry]) -> dict[tuple[str, str], _Set]:
    sets: dict[tuple[str, str], _Set] = {}
    for entry in entries:
        assert entry.change_set is not None  # noqa: S101  the caller has looked
        one = sets.setdefault((entry.user_id, entry.change_set), _Set(entry, entry.at))
        one.last_at = max(one.last_at, entry.at)
        one.changes += entry.actor_kind in PEOPLE and entry.type in CHANGES
    return sets


def _kind(entry: Entry) -> str:
    kind: str = orjson.loads(entry.body)["data"]["cause"]["kind"]
    return kind
