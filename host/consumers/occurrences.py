"""The recurrence consumer: sends the decisions of a series to its tasks, and what becomes of a task to its series."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from actors.commands import occurrence_id
from actors.replies import Json, Reply
from host import metrics
from host.consumers.follow_up import follow_up
from host.consumers.handler import TRY_PAUSES_SECONDS, Handler, Outside, about
from host.dapr.gateway import Actors, Unavailable
from host.loops import is_away
from host.store.engine import Database
from host.store.turns import profiles
from host.store.turns.outbox import Event
from host.store.turns.profiles import Profile

log = logging.getLogger(__name__)

SERIES_AT_ONCE: Final = 16
FEW_REPORTS: Final = 8  # so few delay no task
REPORTS_AT_ONCE: Final = 64  # before the consumer looks again for tasks to create
REPORT_SECONDS: Final = 1.0  # by then a report is sent even while tasks are to be created
REST_SECONDS: Final = 5.0  # for a series that alone could not be reached, or whose user does not exist yet
_TOLD: Final = frozenset({"recurrence.withdrawn", "recurrence.taken-up"})
# Codes of refusals after which a slot gets another id.
_TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "recurrence.triggered": frozenset({"id_taken", "task_purged"}),
    "recurrence.taken-up": frozenset({"task_not_found", "task_purged"}),
}
NAME: Final = "recurrence"  # the sender of the commands; what it did itself it reports to no series


@dataclass(frozen=True, slots=True)
class Message:
    """A command before it has an id: the actor that gets it, its name and its body."""

    actor_type: str
    actor_id: str
    command: str
    body: Json


class OccurrenceMaker(Handler):
    """The handler that creates the tasks of series, series by series.

    The id of a command comes from its actor and the event: sent twice or by two processes, it is applied once.
    """

    outside = True

    def __init__(
        self,
        database: Database,
        gateway: Actors,
        *,
        few_reports: int = FEW_REPORTS,
        report_seconds: float = REPORT_SECONDS,
        rest_seconds: float = REST_SECONDS,
        try_pauses_seconds: Sequence[float] = TRY_PAUSES_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._few_reports = few_reports
        self._report_seconds = report_seconds
        self._rest_seconds = rest_seconds
        self._try_pauses = try_pauses_seconds
        self._monotonic = monotonic
        self._made: set[str] = set()  # ids of events whose task exists and is to be reported; a crash may forget them
        self._resting: dict[str, float] = {}  # series → when its events may be handled again
        self._failed: Counter[str] = Counter()  # ids of events at fault → number of tries

    async def before(self, events: Sequence[Event]) -> Outside:
        """Sends the commands of the events, in order within a series.

        A series that cannot be reached, or has a bug, holds up no other: its events come again later.
        """
        queues, others = self._queues(events)
        if not queues:
            return Outside(others)
        async with self._database.raw() as connection:
            users = await profiles.read(connection, {queue[0].user_id for queue in queues.values()})
        self._rest(
            [name for name, queue in queues.items() if queue[0].user_id not in users], "there is no such user yet"
        )
        queues = {name: queue for name, queue in queues.items() if name not in self._resting}
        if not queues:
            return Outside(others)
        batch = _Batch(self._gateway, users, self._made)
        await _all(batch.pass_on(queue) for queue in queues.values())
        await _all(batch.report(event) for event in self._due_reports(queues, creating=batch.has_created))
        if not (others or batch.has_created or batch.done or batch.faults):
            raise Unavailable("none of the series can be reached")
        given_up = [fault for fault in batch.faults if self._is_given_up(*fault)]
        for event in [*batch.done, *(event for event, _ in given_up)]:
            self._made.discard(event.id)
            self._failed.pop(event.id, None)
        self._rest(batch.unreached, "the series, or one of its tasks, cannot be reached")
        return Outside([*others, *batch.done], given_up)

    def _is_given_up(self, event: Event, error: Exception) -> bool:
        """Returns whether this try of the event was the last; if not, its series rests and keeps its order."""
        self._failed[event.id] += 1
        tries = self._failed[event.id]
        if tries > len(self._try_pauses):
            return True
        log.warning("an event at fault is tried again", extra={"event_id": event.id, "cause": repr(error)[:300]})
        self._resting[_series_id(event)] = self._monotonic() + self._try_pauses[tries - 1]
        return False

    def _rest(self, series: Collection[str], cause: str) -> None:
        """Leaves the events of these series for later."""
        if series:
            log.warning("series rest", extra={"series": sorted(series)[:10], "count": len(series), "cause": cause})
        self._resting |= dict.fromkeys(series, self._monotonic() + self._rest_seconds)

    def _due_reports(self, queues: Mapping[str, Sequence[Event]], *, creating: bool) -> list[Event]:
        """Returns the events to report to their series now.

        Nobody waits for a report, but somebody waits for each task: while tasks are being created, most reports wait.
        """
        waiting = [event for queue in queues.values() for event in queue if event.id in self._made]
        if creating and len(waiting) > self._few_reports:
            waiting = [event for event in waiting if event.age_seconds > self._report_seconds]
        return waiting[:REPORTS_AT_ONCE]

    def _queues(self, events: Sequence[Event]) -> tuple[dict[str, list[Event]], list[Event]]:
        """Returns the events of each series that does not rest, and the events that concern no series."""
        queues: dict[str, list[Event]] = {}
        for event in events:
            queues.setdefault(_series_id(event), []).append(event)
        others = queues.pop("", [])
        now = self._monotonic()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        return {name: queue for name, queue in queues.items() if name not in self._resting}, others


class _Batch:
    """The commands of one batch, to some series at once; `made` has the ids of events whose task exists already."""

    def __init__(self, gateway: Actors, users: Mapping[str, Profile], made: set[str]) -> None:
        self._gateway = gateway
        self._users = users
        self._made = made
        self._free = asyncio.Semaphore(SERIES_AT_ONCE)
        self.has_created = False
        self.done: list[Event] = []
        self.unreached: set[str] = set()  # series that were not reached, or of which a task was not
        self.faults: list[tuple[Event, Exception]] = []  # a queue ends at its first

    async def pass_on(self, queue: Sequence[Event]) -> None:
        """Sends the commands of the events of one series, in order, until one fails."""
        async with self._free:
            for event in queue:
                if event.id in self._made:
                    continue
                reply = await self._send(event, message_of)
                if reply is None:
                    return
                if event.type == "recurrence.triggered" and reply.ok and not reply.value["purged"]:
                    self._made.add(event.id)
                    self.has_created = True
                    continue
                if _is_taken(event, reply) and not await self._tell_taken(event):
                    return
                if (what := _differs(event, reply)) is not None and await self._send(event, what) is None:
                    return
                self.done.append(event)

    async def _tell_taken(self, event: Event) -> bool:
        """Tells the series that something else has the id of its slot, so that it takes another; returns whether it knows."""
        metrics.occurrence_ids_taken.inc()
        details = {"task_id": event.body["data"]["task_id"], "series": event.actor_id, "event_id": event.id}
        log.warning("the id of an occurrence is taken", extra=details)
        return await self._send(event, _taken) is not None

    async def report(self, event: Event) -> None:
        """Reports to the series that the task it asked for exists."""
        async with self._free:
            if await self._send(event, _report) is not None:
                self.done.append(event)

    async def _send(self, event: Event, make: Callable[[Event], Message]) -> Reply | None:
        """Returns the reply; None if the actor cannot be reached, or the event is at fault."""
        with about(event):
            try:
                return await self._reply_to(event, make(event))
            except Unavailable as error:
                log.warning("an occurrence waits", extra={"event_id": event.id, "cause": str(error)})
                self.unreached.add(_series_id(event))
            except Exception as error:
                if is_away(error):
                    raise
                self.faults.append((event, error))
        return None

    async def _reply_to(self, event: Event, message: Message) -> Reply:
        """Sends the message. A refusal is final: the task or series that it was about is gone."""
        user, body = self._users[event.user_id], message.body
        zone, defaults = user.zone, user.defaults
        command = follow_up(event, NAME, message.actor_id, message.command, body, zone=zone, defaults=defaults)
        reply = await self._gateway.send(message.actor_type, message.actor_id, command)
        if reply.error is not None:
            details = {"command": command.name, "actor": message.actor_id, "event_id": event.id}
            log.info("an occurrence was refused", extra=details | {"code": reply.error.code})
        return reply


def _is_taken(event: Event, reply: Reply) -> bool:
    """Returns whether a slot has no task: something else has its id, or the task that it had is gone for good."""
    return event.type in _TAKEN and reply.error is not None and reply.error.code in _TAKEN[event.type]


def _differs(event: Event, reply: Reply) -> Callable[[Event], Message] | None:
    """Returns the report to the series whose task is not as it thinks.

    One that was written into stays open; one that was taken up may have been completed or thrown away meanwhile.
    """
    task = reply.value
    if event.type not in _TOLD or reply.error is not None or task["purged"]:
        return None
    is_open = task["deleted_at"] is None and task["status"] == "open"
    if event.type == "recurrence.withdrawn":
        return _report_of("OccurrenceOpened", task, written=True) if is_open else None
    if is_open:
        return None
    if task["deleted_at"] is not None:
        return _report_of("OccurrenceDeleted", task)
    return _report_of("OccurrenceCompleted", task, completed_at=task["completed_at"])


def _report_of(name: str, task: Json, **more: Any) -> Callable[[Event], Message]:
    body = _slot(task["occurrence"]) | {"task_id": task["id"], **more}
    return lambda event: Message("SeriesActor", event.actor_id, name, body)


async def _all(sends: Iterable[Awaitable[None]]) -> None:
    """Runs each to its end, even if one fails; then raises the first exception."""
    for result in await asyncio.gather(*sends, return_exceptions=True):
        if result is not None:
            raise result


def _series_id(event: Event) -> str:
    """Returns the series whose queue the event belongs to.

    It is "" for a task of no series, and for what this consumer did to a task itself.
    """
    data = event.body["data"]
    if "series_id" in data:
        return event.actor_id
    task, actor = data["task"], data["actor"]
    if task.get("occurrence") is None or (actor["kind"], actor["id"]) == ("system", NAME):
        return ""
    if event.type in _WRITTEN and not data.get("written") and "due" not in data["changed"]:
        return ""
    series_id: str = task["series_id"]
    return series_id


# Events that concern a series only when a person has written into its task for the first time, or changed its due.
_WRITTEN: Final = frozenset({"task.updated", "reminder.snoozed"})


def message_of(event: Event) -> Message:
    """Returns what the event asks of another actor; its type is one of MESSAGES."""
    return MESSAGES[event.type](event.body["data"])


def _report(event: Event) -> Message:
    data = event.body["data"]
    return Message(
        "SeriesActor", event.actor_id, "OccurrenceCreated", _slot(data["slot"]) | {"task_id": data["task_id"]}
    )


def _taken(event: Event) -> Message:
    data = event.body["data"]
    task = data.get("task", {})
    wanted = {"wanted_since": task.get("wanted_since", event.body["time"]), "asked": task.get("asked", False)}
    body = _slot(data["slot"]) | {"task_id": data["task_id"], **wanted}
    return Message("SeriesActor", event.actor_id, "OccurrenceTaken", body)


def _create_task(data: Json) -> Message:
    return Message("TaskActor", data["task_id"], "CreateTask", data["task"])


def _withdraw(data: Json) -> Message:
    slot = _slot(data["slot"])
    first_id = occurrence_id(data["series_id"], slot["generation"], slot["slot"])
    other_id = {} if data["task_id"] == first_id else {"task_id": data["task_id"]}
    asked = {"asked": True} if data.get("asked") else {}
    body = {"series_id": data["series_id"], **slot, **other_id, **asked}
    return Message("TaskActor", data["task_id"], "Withdraw", body)


def _take_up(data: Json) -> Message:
    body = {
        name: data[name] for name in ("series_id", "due", "moved", "restored", "fields", "taken_from") if name in data
    }
    return Message("TaskActor", data["task_id"], "TakeUp", body | _slot(data["slot"]))


def _move_due(data: Json) -> Message:
    return Message("TaskActor", data["task_id"], "MoveDue", {"due": data["due"]})


def _retemplate(data: Json) -> Message:
    return Message("TaskActor", data["task_id"], "Retemplate", data["fields"])


def _create_series(data: Json) -> Message:
    return Message("SeriesActor", data["successor"]["id"], "CreateSeries", data["successor"]["body"])


def _completed(data: Json) -> Message:
    return _reported(data, "OccurrenceCompleted", completed_at=data["task"]["completed_at"])


def _deleted(data: Json) -> Message:
    return _reported(data, "OccurrenceDeleted")


def _opened(data: Json) -> Message:
    """Reports a task that is open again; one that comes back from the trash as completed is reported as completed."""
    if data["task"]["status"] == "completed":
        return _completed(data)
    return _reported(data, "OccurrenceOpened", written=data.get("written", False))


def _written(data: Json) -> Message:
    """Reports that a person has written into a task, with the due if that is what was changed."""
    due = {"due": data["task"]["due"]} if "due" in data["changed"] else {}
    return _reported(data, "OccurrenceWritten", **due)


def _reported(data: Json, name: str, **more: Any) -> Message:
    task = data["task"]
    body = _slot(task["occurrence"]) | {"task_id": task["id"], **more}
    return Message("SeriesActor", task["series_id"], name, body)


def _slot(slot: Json) -> Json:
    return {"generation": slot["generation"], "slot": slot["slot"]}


# The message of each type of event: first from a series to its task, then from a task to its series.
MESSAGES: Final[Mapping[str, Callable[[Json], Message]]] = {
    "recurrence.triggered": _create_task,
    "recurrence.withdrawn": _withdraw,
    "recurrence.taken-up": _take_up,
    "recurrence.moved": _move_due,
    "recurrence.retemplated": _retemplate,
    "series.split": _create_series,
    "task.updated": _written,
    "reminder.snoozed": _written,
    "task.completed": _completed,
    "task.reopened": _opened,
    "task.restored": _opened,
    "task.deleted": _deleted,
    "task.purged": _deleted,
}
