"""The judge of a run: compares acknowledged writes with state, events, read model, activity, reminders, slots, streams."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

from tests.faults.recorder import Entry
from tests.faults.stored import Event, Stored
from tests.support.client import parsed

EARLY: Final = timedelta(seconds=0.02)  # the resolution of the clocks involved
OVERDUE_SECONDS: Final = 15.0  # a slot whose time is longer past, and whose series has not moved on
_SHOWN: Final = 5
# The fields that a version takes over from the one before, unless it says that it has changed them.
_KEPT: Final = ("title", "description", "priority", "tags", "due", "checklist", "status")

# Every kind of breach, and where to look when there is one.
BREACHES: Final[Mapping[str, str]] = {
    "lost": "acknowledged but not stored: `commands` and `outbox` by the actor id, host.log by the command id",
    "refused but stored": "answered as refused but done: the reply of `decide` against `commands`",
    "refused": "a valid write was refused: the answer, and the actor's versions before it",
    "answered wrongly": "an error other than a 503 with Retry-After: host.log at that time, `web/problems.py`",
    "duplicates": "one command or event took effect twice: `actors/turn.py`, the consumer's own unique key",
    "gaps": "a version or position is missing: `outbox`, `activity` by the id, the fence trigger",
    "read model behind": "older than the state: watermark, inbox and dead letters of the projector",
    "read model differs": "the right version with wrong fields: `host/store/read_model/task_rows.py`",
    "event differs from state": "the event of the last version has other fields: `actors/task/edit.py`",
    "forgotten": "a version has lost a field of the one before it: the doc that the turn decided on, `actors/turn.py`",
    "missing in activity": "an event without its entry: the projector has an inbox row but wrote no entry",
    "unknown in activity": "an entry without an event: `host/consumers/projector.py`",
    "chain broken": "an entry does not hold the hash of the one before: `host/store/read_model/activity_rows.py`",
    "twice": "a firing took effect twice: `reminder_ledger`, `deliveries`, `notifications` by reminder and firing",
    "never": "a reminder did not fire, or was not delivered: `wakes` by the task, sweeper lines of host.log, `deliveries`",
    "early": "fired before its time: `tick` in `actors/turn.py`",
    "slots twice": "one slot has more than one task: `occurrence_id`, `recurrence.triggered` of the series",
    "slots never": "a slot has no task, or a series did not go on: recurrence consumer, `wakes` of the series",
    "streams missed": "a reader did not hear a position: `host/live/hub.py`, `web/api/stream/listener.py`",
    "streams repeated": "a reader heard a position again, or out of order: `id` of batches in `web/api/stream/listener.py`",
    "dead letters": "an event became a dead letter: `dead_letters`, the exception in host.log",
    "verify": "`duely verify` found it, or did not finish: `host/operator/verify.py` says what each invariant means",
    "not hit": "a fault met nothing in five tries: the load, or what the fault does",
    "not recovered": "the system was not ready in time after a fault: the runner's output, the log of that part",
}


class StreamPositions(Protocol):
    """The positions that one reader of a user's stream heard, in their order."""

    @property
    def user_id(self) -> str: ...

    @property
    def positions(self) -> list[int]: ...


@dataclass(slots=True)
class Verdict:
    """The counts for the table, and the breaches, in words, by their kind."""

    acknowledged: int = 0
    found: int = 0
    unknown: int = 0
    unknown_found: int = 0
    refused: int = 0
    asked_again: int = 0
    idle: int = 0
    reminders_due: int = 0
    reminders_once: int = 0
    reminders_late: int = 0
    slots: int = 0
    sent: int = 0
    received: int = 0
    lateness: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])  # due, seconds late
    wrong: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def blame(self, what: str, detail: str) -> None:
        assert what in BREACHES, what
        self.wrong.setdefault(what, []).append(detail)

    def count(self, *what: str) -> int:
        return sum(len(self.wrong.get(name, [])) for name in what)

    def words(self) -> str:
        return "\n".join(
            f"{what} ({len(details)}): {BREACHES[what]}\n" + "\n".join(f"    {line}" for line in details[:_SHOWN])
            for what, details in self.wrong.items()
        )


def judge(history: Iterable[Entry], stored: Stored, readers: Sequence[StreamPositions]) -> Verdict:
    """Judges every promise by what is stored, and by what the readers of the streams heard."""
    verdict = Verdict()
    seen = Counter(line.event_id for line in stored.activity)
    entries = list(history)
    for entry in entries:
        _judge_write(entry, stored, seen, verdict)
    _judge_versions(stored, verdict)
    _judge_content(stored, verdict)
    _judge_read_model(stored, verdict)
    _judge_activity(stored, seen, verdict)
    _judge_reminders(entries, stored, verdict)
    _judge_slots(stored, verdict)
    _judge_streams(stored, readers, verdict)
    for letter in stored.dead_letters:
        verdict.blame("dead letters", letter)
    return verdict


def _judge_write(entry: Entry, stored: Stored, seen: Counter[str], verdict: Verdict) -> None:
    operation = entry.operation
    called = f"{operation.name} {operation.command_id} of {operation.kind} {operation.task_id}"
    is_stored = (operation.task_id, operation.command_id) in stored.commands
    verdict.asked_again += entry.attempts > 1
    for status, times in entry.statuses.items():
        if status.startswith("503 ") or (status[0] == "5" and status != "503"):
            verdict.blame("answered wrongly", f"{status}, {times} times, to {called}: {entry.detail}")
    if entry.outcome == "unknown":
        verdict.unknown += 1
        verdict.unknown_found += is_stored
    elif entry.outcome == "fail":
        verdict.refused += 1
        if is_stored:
            verdict.blame("refused but stored", f"{called}: {entry.detail}")
        elif not operation.may_be_refused and not entry.statuses.keys() <= {"not sent"}:
            verdict.blame("refused", f"{called}: {entry.detail}")
    elif operation.may_be_idle and not is_stored:
        verdict.idle += 1
    else:
        verdict.acknowledged += 1
        missing = _missing(entry, stored, seen, is_stored=is_stored)
        verdict.found += not missing
        if missing:
            verdict.blame("lost", f"{called} as version {entry.version}: {missing}")


def _missing(entry: Entry, stored: Stored, seen: Counter[str], *, is_stored: bool) -> str:
    """Returns what is missing of an acknowledged write, or ""."""
    operation = entry.operation
    event_id = f"{operation.kind}:{operation.task_id}:{entry.version}:1"
    actor, event = stored.actors.get(operation.task_id), stored.events.get(event_id)
    if not is_stored:
        return "no row in commands"
    if actor is None or actor.version < entry.version:
        return f"state is at {actor and actor.version}"
    if event is None or event.command_id != operation.command_id:
        return f"its event is of {event and event.command_id}"
    if operation.title and event.title != operation.title:
        return f"its event has the title {event.title}"
    return "" if seen[event_id] == 1 else f"{seen[event_id]} times in activity"


def _judge_versions(stored: Stored, verdict: Verdict) -> None:
    """Each actor has events of versions 1 to its doc's, of each version all, and of each command once."""
    by_actor: defaultdict[str, dict[int, list[tuple[int, int]]]] = defaultdict(dict)
    commands: Counter[tuple[str, str]] = Counter()
    for event in stored.events.values():
        by_actor[event.actor_id].setdefault(event.version, []).append((event.seq, event.of))
        if event.seq == 1:
            commands[event.actor_id, event.command_id] += 1
    for actor_id, actor in stored.actors.items():
        versions = by_actor[actor_id]
        if sorted(versions) != list(range(1, actor.version + 1)):
            verdict.blame("gaps", f"{actor_id} is at {actor.version}, its events name {_ranges(versions)}")
        for version, parts in versions.items():
            if sorted(seq for seq, _ in parts) != list(range(1, parts[0][1] + 1)):
                verdict.blame("gaps", f"{actor_id}:{version} has not all of its events")
    for (actor_id, command_id), times in commands.items():
        if times > 1:
            verdict.blame("duplicates", f"command {command_id} was applied {times} times to {actor_id}")


def _judge_content(stored: Stored, verdict: Verdict) -> None:
    """Each version of a task is the one before it with the changes that its event names: it was decided on that one."""
    by_actor: defaultdict[str, dict[int, Event]] = defaultdict(dict)
    for event in stored.events.values():
        if event.task is not None:
            by_actor[event.actor_id][event.version] = event
    for actor_id, versions in by_actor.items():
        for version, event in versions.items():
            before = versions.get(version - 1)
            if event.task is None or before is None or before.task is None or event.task["purged"]:
                continue
            for name in _KEPT:
                wanted = event.changed[name]["new"] if name in event.changed else before.task[name]
                if event.task[name] != wanted:
                    verdict.blame("forgotten", f"{actor_id}.{name} at {version}: {event.task[name]}, not {wanted}")


def _ranges(versions: Iterable[int]) -> str:
    """Returns the versions as text; of many only the missing ones are of interest."""
    known = set(versions)
    top = max(known, default=0)
    missing = [version for version in range(1, top + 1) if version not in known]
    return f"1 to {top} without {missing[:_SHOWN]}" if known else "none"


def _judge_read_model(stored: Stored, verdict: Verdict) -> None:
    """The read model shows each actor at its version, and a task's last event has the fields of its state."""
    for actor_id, actor in stored.actors.items():
        row = stored.shown.get(actor_id)
        if row is None or row.version != actor.version:
            verdict.blame(
                "read model behind", f"{actor.kind} {actor_id} is at {actor.version}, shown at {row and row.version}"
            )
        else:
            for name, value in row.body.items():
                if name in actor.state and actor.state[name] != value:
                    verdict.blame("read model differs", f"{actor_id}.{name} at {actor.version}")
        last = stored.last_event.get(actor_id, {})
        for name in ("title", "status", "priority", "tags", "deleted_at"):
            if name in last and last[name] != actor.state[name]:
                verdict.blame("event differs from state", f"{actor_id}.{name}")


def _judge_activity(stored: Stored, seen: Counter[str], verdict: Verdict) -> None:
    """Activity has every event once and nothing else but deliveries; positions and hashes are without a gap."""
    for event_id in stored.events:
        if seen[event_id] != 1:
            verdict.blame("duplicates" if seen[event_id] else "missing in activity", event_id)
    for event_id, times in seen.items():
        if event_id in stored.events:
            continue
        if times > 1:
            verdict.blame("duplicates", event_id)
        elif not event_id.startswith(("Delivery:", "Notice:")):
            verdict.blame("unknown in activity", event_id)
    last: dict[str, tuple[int, str]] = {}
    for line in stored.activity:
        position, hashed = last.get(line.user_id, (0, ""))
        if line.position != position + 1:
            verdict.blame("gaps", f"positions {position} and {line.position} of {line.user_id}")
        elif line.prev_hash != hashed:
            verdict.blame("chain broken", f"{line.user_id} at {line.position}")
        last[line.user_id] = (line.position, line.hash)


def _judge_reminders(entries: list[Entry], stored: Stored, verdict: Verdict) -> None:
    """Each stored write that asked for a firing has one; each firing is delivered once, and none is early."""
    fired: defaultdict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    applied = {(event.actor_id, event.command_id): event for event in stored.events.values() if event.seq == 1}
    snoozed = {
        (event.actor_id, event.command_id): event
        for event in stored.events.values()
        if event.type == "reminder.snoozed" and event.reminder is not None
    }
    asked = _asked(entries, applied, snoozed)
    for event in stored.events.values():
        if event.type == "reminder.fired" and event.reminder is not None:
            firing = event.reminder["id"], event.reminder["firing"]
            fired[event.actor_id][firing] += 1
            _judge_time(event.actor_id, event.reminder, asked.get(event.actor_id, {}), verdict)
    for task_id in asked.keys() | fired.keys():
        _judge_firings(task_id, len(asked.get(task_id, {})), fired[task_id], stored, verdict)


def _asked(
    entries: list[Entry], applied: Mapping[tuple[str, str], Event], snoozed: Mapping[tuple[str, str], Event]
) -> dict[str, dict[int, str]]:
    """Returns by task and number of the firing the instant at which it was asked for.

    One that is asked for after its moment is owed, too: its tasks have no due, so that it comes at once. Each snooze asks
    for one more.
    """
    asked: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for entry in entries:
        operation = entry.operation
        made = applied.get((operation.task_id, operation.command_id))
        if not operation.fires_at or made is None:
            continue
        later = snoozed.get((operation.task_id, operation.command_id))
        number = 1 if later is None or later.reminder is None else later.reminder["firing"]
        asked[operation.task_id][number] = made.time
    return asked


def _judge_firings(task_id: str, asked: int, fired: Counter[tuple[str, int]], stored: Stored, verdict: Verdict) -> None:
    verdict.reminders_due += asked
    if len(fired) < asked:
        verdict.blame("never", f"task {task_id} was to fire {asked} times, fired {dict(fired)}")
    elif len(fired) > asked and asked:
        verdict.blame("twice", f"task {task_id} was to fire {asked} times, fired {dict(fired)}")
    for firing, times in fired.items():
        steps, notified = stored.ledger.get(firing, {}), stored.notified.get(firing, 0)
        counts = f"{firing[0]} firing {firing[1]} of {task_id}: {times} events, ledger {steps}, notified {notified}"
        if max(times, notified, *(steps.get(step, 0) for step in ("fired", "delivered", "cancelled"))) > 1:
            verdict.blame("twice", counts)
        elif not steps.get("fired") or not (steps.get("delivered") or steps.get("cancelled")):
            verdict.blame("never", counts)
        else:
            verdict.reminders_once += 1


def _judge_time(task_id: str, reminder: Mapping[str, Any], asked: Mapping[int, str], verdict: Verdict) -> None:
    """A firing is late by the time since its due instant, or since it was asked for where that was later."""
    due, fired_at = parsed(reminder["fire_at"]), parsed(reminder["fired_at"])
    since = asked.get(reminder["firing"])
    late = (fired_at - max(due, parsed(since) if since else due)).total_seconds()
    verdict.lateness.append((due.timestamp(), late))
    verdict.reminders_late += reminder["late_seconds"] is not None
    if fired_at < due - EARLY:
        verdict.blame("early", f"{reminder['id']} of {task_id} fired at {fired_at}, was due at {due}")


def _judge_slots(stored: Stored, verdict: Verdict) -> None:
    """Each slot that a series has triggered has one task, each task of a slot was triggered, and no series stands still."""
    triggered: Counter[tuple[str, int, str]] = Counter()
    names: dict[str, str] = {}  # of the slots of tasks
    for event in stored.events.values():
        if event.slot is not None:
            name = _slot_name(event, stored)
            place = event.actor_id, event.slot["generation"], name
            names[event.task_id] = name
            triggered[place] += 1
            if event.task_id not in stored.actors:
                verdict.blame("slots never", f"{place} was triggered, and task {event.task_id} is not there")
    verdict.slots = len(triggered)
    made = Counter(
        _place(actor_id, actor.state, names)
        for actor_id, actor in stored.actors.items()
        if actor.state.get("occurrence")
    )
    for place in triggered.keys() | made.keys():
        if max(triggered[place], made[place]) > 1:
            verdict.blame("slots twice", f"{place}: triggered {triggered[place]} times, {made[place]} tasks")
    for actor_id, actor in stored.actors.items():
        if actor.kind == "SeriesActor":
            for problem in _standing_still(actor.state, stored):
                verdict.blame("slots never", f"series {actor_id}: {problem}")


def _slot_name(event: Event, stored: Stored) -> str:
    """Returns what tells the slot from others: its number after completion, where two may fall on one day."""
    series = stored.actors.get(event.actor_id)
    slot: Mapping[str, Any] = event.slot or {}
    counted = series is not None and series.state["mode"] == "completion"
    return f"#{slot.get('number')}" if counted else str(slot["slot"])


def _place(task_id: str, task: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, int, str]:
    """Returns the series of the task, and its generation and slot, by the name under which that was triggered."""
    occurrence = task["occurrence"]
    return task["series_id"], occurrence["generation"], names.get(task_id, occurrence["slot"])


def _standing_still(series: Mapping[str, Any], stored: Stored) -> Iterable[str]:
    for kept in ("unreported", "backlog"):
        if series.get(kept):
            yield f"{len(series[kept])} {kept}, first {series[kept][0]}"
    if series["status"] != "active":
        return
    awaited = series["awaited"]
    if awaited is None:
        yield "active, and awaits nothing"
        return
    task = stored.actors.get(awaited["task_id"])
    if series["mode"] == "completion":
        if task is not None and (task.state["status"] == "completed" or task.state["deleted_at"]):
            yield f"awaits {awaited['task_id']}, which is done"
    elif parsed(awaited["at"]).timestamp() < stored.now - OVERDUE_SECONDS:
        yield f"awaits {awaited['at']}, which is past"


def _judge_streams(stored: Stored, readers: Sequence[StreamPositions], verdict: Verdict) -> None:
    """Each reader heard each position of its user once and in order, across every cut."""
    last = Counter({line.user_id: line.position for line in stored.activity})
    for number, reader in enumerate(readers):
        top = last[reader.user_id]
        verdict.sent += top
        verdict.received += len(reader.positions)
        missed = set(range(1, top + 1)).difference(reader.positions)
        again = len(reader.positions) - len(set(reader.positions))
        who = f"reader {number} of {reader.user_id}"
        for position in sorted(missed):
            verdict.blame("streams missed", f"{who} missed {position} of {top}")
        if again or reader.positions != sorted(reader.positions):
            verdict.blame("streams repeated", f"{who} heard {again} again, or not in order")
