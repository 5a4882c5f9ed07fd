"""Repairs of what `duely verify` found, each from the docs as they are now, whatever has changed since the check."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

import orjson

from actors.conversation.state import summary_of
from actors.series.state import series_json
from actors.task.state import task_json
from actors.user.state import user_json
from host.store.engine import Raw
from host.store.notify import reminder_ledger
from host.store.read_model import conversation_rows, series_rows, tables, task_rows, user_rows
from host.store.turns.actor_state import row_key_sql
from host.store.upkeep import plain_texts
from host.store.upkeep.findings import Mend

_STATE: Final = f"""SELECT (convert_from(value, 'UTF8')::json->'state')::text FROM dapr_state
    WHERE key = {row_key_sql("$1", "$2")}"""  # noqa: S608  our own names

_TAGS_AT_ONCE: Final = 1_000


async def mend(connection: Raw, wanted: Mend) -> str:
    """Does one repair in a transaction of its own; returns a sentence about what was done."""
    async with connection.transaction():
        done = await _MENDS[wanted.what](connection, *wanted.about)
    if done.uncounted:
        async with connection.transaction():
            await _tags(connection, done.uncounted)
    return done.text


class _Done(NamedTuple):
    """What was done; `uncounted` is a user whose tags must be counted again, in a second transaction.

    In the same transaction, a projector and this one could each hold rows of tags that the other waits for.
    """

    text: str
    uncounted: str | None = None


async def _project(connection: Raw, actor_type: str, actor_id: str) -> _Done:
    """Writes the row again from the doc. A projector that was about to write it does its batch again."""
    text = await connection.fetchval(_STATE, actor_type, actor_id)
    table = tables.OF_ACTOR[actor_type]
    owner = await connection.fetchval(
        f"DELETE FROM {table} WHERE id = $1 RETURNING {'id' if table == 'users' else 'user_id'}",  # noqa: S608  our own names
        actor_id,
    )
    if actor_type == "TaskActor":
        await connection.execute("DELETE FROM reminders WHERE task_id = $1", actor_id)
    if text is not None:
        state: dict[str, Any] = orjson.loads(text)
        if actor_type == "TaskActor":
            await task_rows.upsert_tasks(connection, {actor_id: task_json(state)})
        elif actor_type == "SeriesActor":
            await series_rows.upsert(connection, {actor_id: series_json(state)})
        elif actor_type == "ConversationActor":
            await conversation_rows.upsert(connection, {actor_id: summary_of(state)}, {actor_id})
        else:
            await user_rows.upsert(connection, {actor_id: user_json(state)})
        owner = owner or state.get("user_id")
    what = "projected again" if text is not None else "removed from the read model"
    return _Done(f"{actor_type}:{actor_id} was {what}", owner if actor_type == "TaskActor" else None)


async def _tags(connection: Raw, user_id: str) -> _Done:
    """Counts under a lock that waits for every transaction that has written tasks or tags."""
    await connection.execute("LOCK TABLE tags IN SHARE ROW EXCLUSIVE MODE")
    await connection.execute(_RECOUNT, user_id)
    await connection.execute(_UNCOUNTED, user_id)
    while await plain_texts.name_tags(connection, _TAGS_AT_ONCE, user_id):
        pass
    return _Done(f"the tags of user:{user_id} were counted again")


_COUNTED: Final = """
SELECT f.folded, count(*) AS count, (array_agg(f.name ORDER BY t.created_at, t.id))[1] AS name
FROM tasks t CROSS JOIN unnest(t.tags_folded, t.tags) AS f (folded, name)
WHERE t.user_id = $1 AND t.deleted_at IS NULL AND NOT t.purged GROUP BY 1"""
_RECOUNT: Final = f"""
INSERT INTO tags AS t (user_id, folded, name, count) SELECT $1, folded, name, count FROM ({_COUNTED}) n
ON CONFLICT (user_id, folded) DO UPDATE SET count = excluded.count WHERE t.count <> excluded.count"""  # noqa: S608  our own names
_UNCOUNTED: Final = f"DELETE FROM tags WHERE user_id = $1 AND folded NOT IN (SELECT folded FROM ({_COUNTED}) n)"  # noqa: S608  our own names


async def _mend_wake_of(connection: Raw, actor_type: str, actor_id: str) -> _Done:
    """Sets the wake as the doc has it, unarmed; where the doc has none, for the first pending reminder.

    The row of the doc is locked, so that no turn comes in between.
    """
    text = await connection.fetchval(
        f"""SELECT (convert_from(value, 'UTF8')::json->>'wake') FROM dapr_state
           WHERE key = {row_key_sql("$1", "$2")} FOR UPDATE""",  # noqa: S608  our own names
        actor_type,
        actor_id,
    )
    await connection.execute("DELETE FROM wakes WHERE actor_type = $1 AND actor_id = $2", actor_type, actor_id)
    if text is None:
        state = await connection.fetchval(_STATE, actor_type, actor_id)
        pending = [
            reminder["fire_at"]
            for reminder in orjson.loads(state or "{}").get("reminders", ())
            if reminder["status"] == "pending"
        ]
        text = min((at for at in pending if at), default=None)
    if text is None:
        return _Done(f"the wake of {actor_type}:{actor_id} was removed")
    await connection.execute(
        "INSERT INTO wakes (actor_type, actor_id, wake_at) VALUES ($1, $2, $3::text::timestamptz)",
        actor_type,
        actor_id,
        text,
    )
    return _Done(f"{actor_type}:{actor_id} is to wake at {text}")


async def _requeue(connection: Raw, consumer: str, event_id: str) -> _Done:
    """Makes the event a dead letter whose replay was asked for: the running system applies it, once."""
    done = await connection.execute(
        """WITH taken AS (
             INSERT INTO inbox (consumer, event_id, position)
             SELECT $1, event_id, position FROM outbox WHERE event_id = $2 ON CONFLICT DO NOTHING)
           INSERT INTO dead_letters (consumer, event_id, position, body, error, tries, replay_at, user_id)
           SELECT $1, event_id, position, body::text, 'its effect was missing', 0, clock_timestamp(), user_id
           FROM outbox WHERE event_id = $2 ON CONFLICT DO NOTHING""",
        consumer,
        event_id,
    )
    return _Done(f"{consumer} gets {event_id} again" if done.endswith(" 1") else f"{event_id} is on its way already")


async def _ledger(connection: Raw, event_id: str) -> _Done:
    """Adds the step of the event to the reminder ledger."""
    text = await connection.fetchval("SELECT body::text FROM outbox WHERE event_id = $1", event_id)
    if text is not None:
        await reminder_ledger.add(connection, [reminder_ledger.step_of(orjson.loads(text))])
    return _Done(f"{event_id} was written into the ledger")


_MENDS: Final[Mapping[str, Callable[..., Awaitable[_Done]]]] = {
    "project": _project,
    "tags": _tags,
    "wake": _mend_wake_of,
    "requeue": _requeue,
    "ledger": _ledger,
}
