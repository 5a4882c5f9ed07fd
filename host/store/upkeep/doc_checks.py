"""Compares actors' docs with what follows from them, in batches: read model, wakes, reminders, slots, events."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, NamedTuple, cast

import orjson
from sqlalchemy import JSON, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from actors.clock import instant_text
from actors.conversation.state import summary_of
from actors.replies import Json
from actors.series.state import series_json, unstarted
from actors.shapes import Series
from actors.task.state import task_json
from actors.user.state import user_json
from host.store.engine import HOLD_READ_MODEL, Raw
from host.store.read_model import conversation_rows, series_rows, tables, task_rows
from host.store.turns import actor_state, outbox
from host.store.upkeep.findings import GRACE, Breach, Findings, Mend

DOCS_AT_ONCE: Final = 500


class Doc(NamedTuple):
    """An actor's doc. `moving`: the projector has yet to handle an event of it.

    `newest_event` is the version of its newest event in the outbox, `wakes_right` whether `wakes` has its wake.
    """

    row_id: int
    actor_type: str
    actor_id: str
    version: int
    state: Json
    wake: str | None
    wakes_right: bool
    moving: bool
    newest_event: int | None

    @property
    def name(self) -> str:
        return f"{self.actor_type}:{self.actor_id}"


@asynccontextmanager
async def one_instant(connection: Raw) -> AsyncGenerator[None]:
    """Opens a transaction that sees one instant, of tables that no rebuild can replace meanwhile."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(HOLD_READ_MODEL)
        yield


async def next_docs(connection: Raw, after: int, limit: int = DOCS_AT_ONCE) -> list[Doc]:
    """Returns the next docs after a row id, in a transaction that sees one instant; none at the end."""
    rows = await connection.fetch(_NEXT_DOCS, after, limit)
    return [Doc._make((*row[:4], orjson.loads(row[4]), *row[5:])) for row in rows]


_NEXT_DOCS: Final = f"""
SELECT s.row_id, k.kind, k.id, d.version, d.state::text, d.wake,
  d.wake::timestamptz IS NOT DISTINCT FROM
    (SELECT w.wake_at FROM wakes w WHERE w.actor_type = k.kind AND w.actor_id = k.id),
  EXISTS (SELECT FROM outbox o
          WHERE o.actor_id = k.id AND o.actor_type = k.kind
            AND o.position > coalesce((SELECT position FROM watermarks WHERE consumer = 'projector'), 0)
            AND NOT {outbox.handled_by("'projector'")}),
  (SELECT max(o.version) FROM outbox o WHERE o.actor_id = k.id AND o.actor_type = k.kind)
FROM (SELECT row_id, key, value FROM dapr_state WHERE row_id > $1 AND {actor_state.IS_DOC} ORDER BY row_id LIMIT $2) s
CROSS JOIN LATERAL (SELECT {actor_state.type_sql("s.key")} AS kind, {actor_state.id_sql("s.key")} AS id) k
CROSS JOIN LATERAL json_to_record(convert_from(s.value, 'UTF8')::json)
  AS d (version bigint, state json, wake text)
ORDER BY s.row_id"""  # noqa: S608  our own names


async def examine(connection: Raw, docs: Sequence[Doc], now: datetime, found: Findings) -> None:
    """Checks these docs, in the transaction that read them, and adds to the findings."""
    await _read_model(connection, docs, found)
    await _slots(connection, [doc for doc in docs if doc.actor_type == "SeriesActor"], found)
    before = instant_text(now - GRACE)
    for doc in docs:
        _versions(doc, found)
        _check_wake(doc, found)
        if doc.actor_type == "TaskActor":
            _reminders(doc, before, found)
            _written(doc, found)


def _versions(doc: Doc, found: Findings) -> None:
    found.count("versions", doc.newest_event is not None)
    if doc.newest_event is not None and doc.newest_event != doc.version:
        detail = f"it is at version {doc.version}, and the last one that it has told of is {doc.newest_event}"
        found.breaches.append(Breach("versions", doc.name, detail))


def _check_wake(doc: Doc, found: Findings) -> None:
    found.count("wakes", doc.wake is not None)
    if not doc.wakes_right:
        detail = f"it is to wake at {doc.wake or 'no time'}, and the table of wakes says otherwise"
        found.breaches.append(Breach("wakes", doc.name, detail, _mend_wake(doc)))


def _reminders(doc: Doc, before: str, found: Findings) -> None:
    pending = [reminder for reminder in doc.state["reminders"] if reminder["status"] == "pending"]
    found.count("reminders", len(pending))
    for reminder in pending:
        if reminder["fire_at"] is None or reminder["fire_at"] < before:
            detail = f"the reminder {reminder['id']} was due at {reminder['fire_at']} and has not fired"
            found.breaches.append(Breach("reminders", doc.name, detail, _mend_wake(doc)))


def _mend_wake(doc: Doc) -> Mend:
    return Mend("wake", (doc.actor_type, doc.actor_id))


# --- read model ------------------------------------------------------------------------------------------------------


async def _read_model(connection: Raw, docs: Sequence[Doc], found: Findings) -> None:
    settled = [doc for doc in docs if not doc.moving]
    found.count("read_model", len(settled), len(docs) - len(settled))
    tasks = [task_json(doc.state) for doc in settled if doc.actor_type == "TaskActor"]
    series = [series_json(doc.state) for doc in settled if doc.actor_type == "SeriesActor"]
    users = [user_json(doc.state) for doc in settled if doc.actor_type == "UserActor"]
    talks = [_conversation_row(doc) for doc in settled if doc.actor_type == "ConversationActor"]
    differing = {
        "TaskActor": await _differing(connection, tables.tasks, [task_rows.row_of(task) for task in tasks])
        | await _differing_reminders(connection, tasks),
        "SeriesActor": await _differing(connection, tables.series, [series_rows.row_of(one) for one in series]),
        "UserActor": await _differing(connection, tables.users, users),
        "ConversationActor": await _differing(connection, tables.conversations, talks),
    }
    for actor_type, reasons in differing.items():
        for actor_id, why in reasons.items():
            mend = Mend("project", (actor_type, actor_id))
            found.breaches.append(Breach("read_model", f"{actor_type}:{actor_id}", why, mend))


def _conversation_row(doc: Doc) -> Json:
    return conversation_rows.row_of(summary_of(doc.state)) | {"title": doc.state["title"]}


async def _differing(connection: Raw, table: Table, rows: Iterable[Json]) -> dict[str, str]:
    """Returns by id what differs from the given rows. In a body, null and absent are the same."""
    given = orjson.dumps(list(rows)).decode()
    return {row[0]: row[1] for row in await connection.fetch(_DIFFERING[table.name], given)}


def _types_of(table: Table) -> str:
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    return ", ".join(f'"{column.name}" {column.type.compile(dialect)}' for column in table.columns)


def _differing_query(table: Table) -> str:
    def value(alias: str, name: str) -> str:
        is_json = isinstance(table.columns[name].type, JSON)
        return f'jsonb_strip_nulls({alias}."{name}"::jsonb)' if is_json else f'{alias}."{name}"'

    names = [column.name for column in table.columns if column.computed is None]
    differs = ", ".join(f"CASE WHEN {value('t', n)} IS DISTINCT FROM {value('x', n)} THEN '{n}' END" for n in names)
    return f"""SELECT id, why FROM (
          SELECT x.id, CASE WHEN t.id IS NULL THEN 'it has no row'
            ELSE 'its row differs in ' || nullif(concat_ws(', ', {differs}), '') END AS why
          FROM json_to_recordset($1) AS x ({_types_of(table)}) LEFT JOIN {table.name} t ON t.id = x.id)
        WHERE why IS NOT NULL"""  # noqa: S608  our own tables and columns


_DIFFERING: Final = {
    table.name: _differing_query(table) for table in (tables.tasks, tables.series, tables.users, tables.conversations)
}
_REMINDERS: Final = f"""
SELECT DISTINCT coalesce(x.task_id, r.task_id)
FROM json_to_recordset($1) AS x ({_types_of(tables.reminders)})
FULL JOIN (SELECT * FROM reminders WHERE task_id = ANY($2)) r ON r.task_id = x.task_id AND r.id = x.id
WHERE r IS DISTINCT FROM x"""  # noqa: S608  our own tables and columns


async def _differing_reminders(connection: Raw, tasks: Sequence[Json]) -> dict[str, str]:
    rows = [
        {"task_id": task["id"], "user_id": task["user_id"], **reminder}
        for task in tasks
        for reminder in task["reminders"]
    ]
    ids = [task["id"] for task in tasks]
    differing = await connection.fetch(_REMINDERS, orjson.dumps(rows).decode(), ids)
    return {row[0]: "the rows of its reminders differ" for row in differing}


# --- occurrences -----------------------------------------------------------------------------------------------------------


def _written(doc: Doc, found: Findings) -> None:
    """No occurrence that a person has written into is in the trash because its series put it there by itself."""
    state = doc.state
    found.count("written", state["series_id"] is not None)
    if state.get("written") and state.get("withdrawn") == "system" and state["deleted_at"] is not None:
        detail = "its series has put it into the trash by itself, though somebody had written into it: restore it"
        found.breaches.append(Breach("written", doc.name, detail))


async def _slots(connection: Raw, docs: Sequence[Doc], found: Findings) -> None:
    """Each slot that a series has made has its own task, unless the one who makes it has yet to come to that.

    The series has yet to tell what waits in its backlog.
    """
    told = [(doc, {entry["made"]["task_id"] for entry in doc.state["backlog"]}) for doc in docs]
    made = [
        (doc, slot)
        for doc, waiting in told
        for slot in [*unstarted(cast("Series", doc.state)), *doc.state["open"]]
        if slot["task_id"] not in waiting
    ]
    found.count("slots", len(made))
    places = [orjson.dumps({"generation": slot["generation"], "slot": slot["slot"]}).decode() for _, slot in made]
    ids = [slot["task_id"] for _, slot in made]
    rows = await connection.fetch(_TASKLESS, [doc.actor_id for doc, _ in made], ids, places)
    slots = {slot["task_id"]: slot["slot"] for _, slot in made}
    for series_id, task_id, event_id, is_there, is_own in rows:
        mend = Mend("requeue", ("recurrence", event_id)) if event_id else None
        if is_own:
            why = f"has the task {task_id} of another slot"
        else:
            why = f"finds something else under its id {task_id}" if is_there else f"has no task {task_id}"
        detail = f"the slot {slots[task_id]} {why}"
        found.breaches.append(Breach("slots", f"SeriesActor:{series_id}", detail, mend))


_TASKLESS: Final = f"""
SELECT x.series_id, x.task_id, o.event_id, s.key IS NOT NULL, t.state->>'series_id' = x.series_id
FROM unnest($1::text[], $2::text[], $3::jsonb[]) AS x (series_id, task_id, place)
LEFT JOIN dapr_state s ON s.key = {actor_state.row_key_sql("'TaskActor'", "x.task_id")}
LEFT JOIN LATERAL (
  SELECT o.event_id, o.position FROM outbox o WHERE o.actor_id = x.series_id
    AND o.type IN ('recurrence.triggered', 'recurrence.taken-up')
    AND o.body->'data'->>'task_id' = x.task_id ORDER BY o.position DESC LIMIT 1) o ON true
CROSS JOIN LATERAL (SELECT convert_from(s.value, 'UTF8')::json->'state' AS state) t
WHERE (t.state->>'series_id' IS DISTINCT FROM x.series_id
    OR coalesce(t.state->'purged', 'false')::text <> 'true' AND (t.state->'occurrence')::jsonb <> x.place)
  AND NOT (o.position > coalesce((SELECT position FROM watermarks WHERE consumer = 'recurrence'), 0)
    AND NOT {outbox.handled_by("'recurrence'")}) IS TRUE"""  # noqa: S608  our own names
