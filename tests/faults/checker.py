"""Holds what was acknowledged against what is stored: state, events, read model, activity, reminders, streams."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from actors.doc import Doc
from actors.replies import Json
from tests.client import parsed
from tests.faults.recorder import Entry
from tests.stream_reader import StreamReader

EARLY_SECONDS = 0.02  # the grain of the clocks that take part
_SHOWN = 5


@dataclass(slots=True)
class Stored:
    """All that the database knows about the users of one run."""

    docs: dict[str, Doc]
    events: dict[str, dict[str, Any]]
    commands: set[tuple[str, str]]
    tasks: dict[str, dict[str, Any]]
    activity: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    delivered: dict[str, int]  # by task, as the ledger has it: in a notification of its own or with others in one
    notifications: list[dict[str, Any]]
    dead_letters: int


@dataclass(slots=True)
class Verdict:
    """Counts for the table, and what is wrong, in words."""

    acknowledged: int = 0
    found: int = 0
    unknown: int = 0
    unknown_found: int = 0
    refused: int = 0
    repeated: int = 0
    reminders_due: int = 0
    reminders_once: int = 0
    reminders_late: int = 0
    lateness: list[tuple[datetime, float]] = field(default_factory=list[tuple[datetime, float]])
    streamed: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def blame(self, what: str, detail: str) -> None:
        self.wrong.setdefault(what, []).append(detail)

    def count(self, what: str) -> int:
        return len(self.wrong.get(what, []))

    def words(self) -> str:
        return "\n".join(f"{what} ({len(found)}): {found[:_SHOWN]}" for what, found in self.wrong.items())


_DELIVERED_SQL = """
SELECT task_id, count(*) AS n FROM reminder_ledger WHERE user_id = ANY($1) AND step = 'delivered' GROUP BY task_id
"""


async def load_stored(database: Any, users: Sequence[str]) -> Stored:
    """Read it all; `database` is a connection."""

    async def rows(sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await database.fetch(sql, list(users))]

    docs = await rows(
        "SELECT split_part(key, '||', 3) AS id, value AS doc FROM dapr_state WHERE key LIKE '%||doc'"
        " AND split_part(key, '||', 3) IN (SELECT actor_id FROM outbox WHERE user_id = ANY($1))"
    )
    events = await rows("SELECT event_id, actor_id, version, seq, of, body FROM outbox WHERE user_id = ANY($1)")
    commands = await rows(
        "SELECT actor_id, command_id FROM commands WHERE actor_id IN (SELECT actor_id FROM outbox WHERE user_id = ANY($1))"
    )
    activity = await rows("SELECT * FROM activity WHERE user_id = ANY($1) ORDER BY user_id, position")
    return Stored(
        docs={row["id"]: Doc.read(bytes(row["doc"])) for row in docs},
        events={row["event_id"]: {**row, "body": orjson.loads(row["body"])} for row in events},
        commands={(row["actor_id"], row["command_id"]) for row in commands},
        tasks={row["id"]: row for row in await rows("SELECT id, version, body FROM tasks WHERE user_id = ANY($1)")},
        activity=activity,
        deliveries=await rows("SELECT * FROM deliveries WHERE user_id = ANY($1)"),
        delivered={row["task_id"]: row["n"] for row in await rows(_DELIVERED_SQL)},
        notifications=await rows("SELECT * FROM notifications WHERE user_id = ANY($1)"),
        dead_letters=await database.fetchval("SELECT count(*) FROM dead_letters"),
    )


def judge(history: Iterable[Entry], stored: Stored, streams: Mapping[str, StreamReader]) -> Verdict:
    """Every promise held against what is stored; `streams` are by user."""
    verdict = Verdict()
    seen = Counter(row["event_id"] for row in stored.activity)
    entries = list(history)
    for entry in entries:
        _judge_write(entry, stored, seen, verdict)
    _judge_versions(stored, verdict)
    _judge_read_model(stored, verdict)
    _judge_activity(stored, seen, verdict)
    _judge_reminders(entries, stored, verdict)
    _judge_streams(stored, streams, verdict)
    if stored.dead_letters:
        verdict.blame("dead letters", f"{stored.dead_letters} events were put aside")
    return verdict


def _judge_write(entry: Entry, stored: Stored, seen: Counter[str], verdict: Verdict) -> None:
    operation = entry.operation
    event_id = f"TaskActor:{operation.task_id}:{entry.version}:1"
    is_stored = (operation.task_id, operation.command_id) in stored.commands
    verdict.repeated += entry.attempts > 1
    if entry.outcome == "unknown":
        verdict.unknown += 1
        verdict.unknown_found += is_stored
    elif entry.outcome == "fail":
        verdict.refused += 1
        if is_stored:
            verdict.blame("refused but stored", f"{operation.name} {operation.command_id}: {entry.detail}")
    else:
        verdict.acknowledged += 1
        event = stored.events.get(event_id)
        whole = (
            is_stored
            and stored.docs[operation.task_id].version >= entry.version
            and event is not None
            and event["body"]["data"]["command_id"] == operation.command_id
            and (not operation.title or event["body"]["data"]["task"]["title"] == operation.title)
            and seen[event_id] == 1
        )
        verdict.found += whole
        if not whole:
            verdict.blame(
                "lost", f"{operation.name} {operation.command_id} as {event_id}, in activity {seen[event_id]}"
            )


def _judge_versions(stored: Stored, verdict: Verdict) -> None:
    """Each actor's events: versions 1 to its doc's, each version with all of its parts, each command once."""
    by_actor: dict[str, dict[int, list[dict[str, Any]]]] = {}
    commands: Counter[tuple[str, str]] = Counter()
    for event in stored.events.values():
        by_actor.setdefault(event["actor_id"], {}).setdefault(event["version"], []).append(event)
        if event["seq"] == 1:
            commands[event["actor_id"], event["body"]["data"]["command_id"]] += 1
    for actor_id, doc in stored.docs.items():
        versions = by_actor.get(actor_id, {})
        if sorted(versions) != list(range(1, doc.version + 1)):
            verdict.blame("gaps", f"{actor_id} is at {doc.version}, its events name {sorted(versions)}")
        for version, events in versions.items():
            if sorted(event["seq"] for event in events) != list(range(1, events[0]["of"] + 1)):
                verdict.blame("gaps", f"{actor_id}:{version} has not all of its events")
    for (actor_id, command_id), times in commands.items():
        if times > 1:
            verdict.blame("duplicates", f"command {command_id} was applied {times} times to {actor_id}")


def _judge_read_model(stored: Stored, verdict: Verdict) -> None:
    """Each task is shown as its actor has it, and as its last event says."""
    for task_id, doc in _tasks(stored).items():
        state, row = state_of(doc), stored.tasks.get(task_id)
        if row is None or row["version"] != doc.version:
            verdict.blame("read model behind", f"{task_id} is at {doc.version}, shown at {row and row['version']}")
        elif not _agree(orjson.loads(row["body"]), state):
            verdict.blame("read model differs", f"{task_id} at {doc.version}")
        last = stored.events.get(f"TaskActor:{task_id}:{doc.version}:1")
        told = last["body"]["data"]["task"] if last else {}
        for name in ("title", "status", "priority", "tags", "deleted_at"):
            if last and told[name] != state[name]:
                verdict.blame("event differs from state", f"{task_id}.{name}")


def state_of(doc: Doc) -> Json:
    assert doc.state is not None
    return doc.state


def _tasks(stored: Stored) -> dict[str, Doc]:
    return {actor_id: doc for actor_id, doc in stored.docs.items() if "title" in state_of(doc)}


def _agree(shown: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    return all(state[name] == value for name, value in shown.items() if name in state)


def _judge_activity(stored: Stored, seen: Counter[str], verdict: Verdict) -> None:
    """Every event once, nothing else but deliveries, positions without a hole, each hash on top of the one before."""
    for event_id in stored.events:
        if seen[event_id] != 1:
            verdict.blame("duplicates" if seen[event_id] else "missing in activity", event_id)
    ledger = Counter(event_id for event_id in seen if event_id not in stored.events)
    for event_id in ledger:
        if not event_id.startswith("Delivery:") or seen[event_id] != 1:
            verdict.blame("duplicates" if seen[event_id] > 1 else "unknown in activity", event_id)
    last: dict[str, tuple[int, str]] = {}
    for row in stored.activity:
        position, hashed = last.get(row["user_id"], (0, ""))
        if row["position"] != position + 1:
            verdict.blame("gaps", f"positions {position} and {row['position']} of {row['user_id']}")
        if position and row["prev_hash"] != hashed:
            verdict.blame("chain broken", f"{row['user_id']} at {row['position']}")
        last[row["user_id"]] = (row["position"], row["hash"])


def _judge_reminders(entries: list[Entry], stored: Stored, verdict: Verdict) -> None:
    """Of each task that was made to remind: fired once, delivered once, notified once, never early."""
    fired: Counter[str] = Counter()
    for row in stored.activity:
        if row["type"] == "reminder.fired":
            fired[row["task_id"]] += 1
            _judge_time(row, verdict)
    sent = Counter(row["task_id"] for row in stored.deliveries if (row["status"], row["kind"]) == ("sent", "reminder"))
    told = Counter(row["task_id"] for row in stored.notifications if row["kind"] == "reminder")
    digests = sum(row["kind"] == "digest" for row in stored.notifications)
    for entry in entries:
        task_id = entry.operation.task_id
        if not entry.operation.fires_at or (task_id, entry.operation.command_id) not in stored.commands:
            continue
        verdict.reminders_due += 1
        counts = (fired[task_id], stored.delivered.get(task_id, 0), sent[task_id])
        verdict.reminders_once += counts == (1, 1, 1) and told[task_id] <= 1
        if max(counts) > 1 or told[task_id] > 1:
            verdict.blame("reminders twice", f"{task_id}: fired, delivered, sent {counts}, told {told[task_id]}")
        elif min(counts) < 1 or (told[task_id] < 1 and not digests):
            verdict.blame("reminders never", f"{task_id}: fired, delivered, sent {counts}, told {told[task_id]}")


def _judge_time(row: Mapping[str, Any], verdict: Verdict) -> None:
    reminder = orjson.loads(row["body"])["data"]["reminder"]
    due = parsed(reminder["fire_at"])
    late = (parsed(reminder["fired_at"]) - due).total_seconds()
    verdict.lateness.append((due, late))
    verdict.reminders_late += reminder["late_seconds"] is not None
    if late < -EARLY_SECONDS:
        verdict.blame("reminders early", f"{row['task_id']} by {-late:.3f} s")


def _judge_streams(stored: Stored, streams: Mapping[str, StreamReader], verdict: Verdict) -> None:
    """Each reader heard each position of its user once, in order, over every cut."""
    last = Counter({row["user_id"]: row["position"] for row in stored.activity})
    for user_id, stream in streams.items():
        verdict.streamed += len(stream.heard)
        expected = list(range(1, last[user_id] + 1))
        if stream.positions != expected:
            missed = sorted(set(expected) - set(stream.positions))
            again = [position for position, times in Counter(stream.positions).items() if times > 1]
            verdict.blame(
                "streams", f"{user_id} missed {missed[:_SHOWN]} of {last[user_id]}, heard again {again[:_SHOWN]}"
            )
