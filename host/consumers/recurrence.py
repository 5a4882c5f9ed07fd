"""The recurrence consumer: what a series decides becomes of its tasks, and what becomes of those is told to it."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from actors.replies import Json, Reply
from host.consumers.following import follow
from host.consumers.handler import TRY_PAUSES_SECONDS, Handler, Outside, about
from host.dapr.gateway import Actors, Unavailable
from host.loops import is_away
from host.store.engine import Database
from host.store.turns import profiles
from host.store.turns.outbox import Event
from host.store.turns.profiles import Profile

log = logging.getLogger(__name__)

SERIES_AT_ONCE: Final = 16
FEW_REPORTS: Final = 8  # delay no task that matters
REPORTS_AT_ONCE: Final = 64  # before it is looked again whether a task is to be made
REPORT_SECONDS: Final = 1.0  # by then a report goes, also while tasks are to be made
REST_SECONDS: Final = 5.0  # for a series that could not be reached while others could, or whose person is not there yet
NAME: Final = "recurrence"  # who sends the commands; what it did itself it tells no series


@dataclass(frozen=True, slots=True)
class Message:
    """A command to be: to whom, what, with which body."""

    actor_type: str
    actor_id: str
    command: str
    body: Json


class OccurrenceMaker(Handler):
    """A command's id comes from its receiver and the event: sent twice or by two of us, it is applied once."""

    outside = True

    def __init__(self, database: Database, gateway: Actors) -> None:
        self._database = database
        self._gateway = gateway
        self._made: set[str] = set()  # events whose task is there; that is to be reported. A crash forgets it: no harm
        self._resting: dict[str, float] = {}  # series: not before
        self._failed: Counter[str] = Counter()  # events at fault: how often they were tried

    async def before(self, events: Sequence[Event]) -> Outside:
        """In order within a series. One that cannot be reached, or has a bug, holds up no other: its events come later."""
        lines, others = self._lines(events)
        if not lines:
            return Outside(others)
        async with self._database.raw() as connection:
            people = await profiles.read(connection, {line[0].user_id for line in lines.values()})
        self._rest(
            [name for name, line in lines.items() if line[0].user_id not in people], "there is no such person yet"
        )
        lines = {name: line for name, line in lines.items() if name not in self._resting}
        if not lines:
            return Outside(others)
        batch = _Batch(self._gateway, people, self._made)
        await _all(batch.pass_on(line) for line in lines.values())
        await _all(batch.report(event) for event in self._reports(lines, fresh=batch.made))
        if not (others or batch.made or batch.done or batch.faults):
            raise Unavailable("none of the series can be reached")
        given_up = [fault for fault in batch.faults if self._is_given_up(*fault)]
        for event in [*batch.done, *(event for event, _ in given_up)]:
            self._made.discard(event.id)
            self._failed.pop(event.id, None)
        self._rest(batch.missed, "it, or one of its tasks, cannot be reached")
        return Outside([*others, *batch.done], given_up)

    def _is_given_up(self, event: Event, error: Exception) -> bool:
        """Until then its series rests after each try, and keeps its order; what comes after it goes on then."""
        self._failed[event.id] += 1
        tries = self._failed[event.id]
        if tries > len(TRY_PAUSES_SECONDS):
            return True
        log.warning("an event at fault is tried again", extra={"event_id": event.id, "cause": repr(error)[:300]})
        self._resting[_series_id(event)] = time.monotonic() + TRY_PAUSES_SECONDS[tries - 1]
        return False

    def _rest(self, series: Collection[str], cause: str) -> None:
        """Leave the events of these series for later."""
        if series:
            log.warning("series rest", extra={"series": sorted(series)[:10], "count": len(series), "cause": cause})
        self._resting |= dict.fromkeys(series, time.monotonic() + REST_SECONDS)

    def _reports(self, lines: Mapping[str, Sequence[Event]], *, fresh: bool) -> list[Event]:
        """What may be reported now. Nobody waits for it, but for each of the tasks somebody does: those go first."""
        waiting = [event for line in lines.values() for event in line if event.id in self._made]
        if fresh and len(waiting) > FEW_REPORTS:
            waiting = [event for event in waiting if event.age_seconds > REPORT_SECONDS]
        return waiting[:REPORTS_AT_ONCE]

    def _lines(self, events: Sequence[Event]) -> tuple[dict[str, list[Event]], list[Event]]:
        """The events of each series, and those that concern none; without those of series that rest."""
        lines: dict[str, list[Event]] = {}
        for event in events:
            lines.setdefault(_series_id(event), []).append(event)
        others = lines.pop("", [])
        now = time.monotonic()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        return {name: line for name, line in lines.items() if name not in self._resting}, others


class _Batch:
    """What is sent for one batch, some series at once; `there` are the events whose task is there already."""

    def __init__(self, gateway: Actors, people: Mapping[str, Profile], there: set[str]) -> None:
        self._gateway = gateway
        self._people = people
        self._there = there
        self._free = asyncio.Semaphore(SERIES_AT_ONCE)
        self.made = False
        self.done: list[Event] = []
        self.missed: set[str] = set()  # series that were not reached, or one of their tasks
        self.faults: list[tuple[Event, Exception]] = []  # a line ends at its first

    async def pass_on(self, line: Sequence[Event]) -> None:
        """The events of one series."""
        async with self._free:
            for event in line:
                if event.id in self._there:
                    continue
                reply = await self._send(event, message_of)
                if reply is None:
                    return
                if event.type == "recurrence.triggered" and reply.ok and not reply.value["purged"]:
                    self._there.add(event.id)
                    self.made = True
                else:
                    self.done.append(event)

    async def report(self, event: Event) -> None:
        """Tell the series that the task it asked for is there."""
        async with self._free:
            if await self._send(event, _report) is not None:
                self.done.append(event)

    async def _send(self, event: Event, make: Callable[[Event], Message]) -> Reply | None:
        """None when it cannot be reached, or is at fault."""
        with about(event):
            try:
                return await self._asked(event, make(event))
            except Unavailable as error:
                log.warning("an occurrence waits", extra={"event_id": event.id, "cause": str(error)})
                self.missed.add(_series_id(event))
            except Exception as error:
                if is_away(error):
                    raise
                self.faults.append((event, error))
        return None

    async def _asked(self, event: Event, message: Message) -> Reply:
        """A refusal is final: what it was about is gone."""
        person, body = self._people[event.user_id], message.body
        zone, defaults = person.zone, person.defaults
        command = follow(event, NAME, message.actor_id, message.command, body, zone=zone, defaults=defaults)
        reply = await self._gateway.send(message.actor_type, message.actor_id, command)
        if reply.error is not None:
            details = {"command": command.name, "actor": message.actor_id, "event_id": event.id}
            log.info("an occurrence was refused", extra=details | {"code": reply.error.code})
        return reply


async def _all(sends: Iterable[Awaitable[None]]) -> None:
    """Each to its end, also when one has a fault; that one's exception rises then."""
    for result in await asyncio.gather(*sends, return_exceptions=True):
        if result is not None:
            raise result


def _series_id(event: Event) -> str:
    """Whose line the event stands in; "" for a task of no series, and for what we did to a task ourselves."""
    data = event.body["data"]
    if "series_id" in data:
        return event.actor_id
    task, actor = data["task"], data["actor"]
    if task.get("occurrence") is None or (actor["kind"], actor["id"]) == ("system", NAME):
        return ""
    series_id: str = task["series_id"]
    return series_id


def message_of(event: Event) -> Message:
    return MESSAGES[event.type](event.body["data"])


def _report(event: Event) -> Message:
    return Message("SeriesActor", event.actor_id, "OccurrenceCreated", _slot(event.body["data"]["slot"]))


def _create_task(data: Json) -> Message:
    return Message("TaskActor", data["task_id"], "CreateTask", data["task"])


def _withdraw(data: Json) -> Message:
    body = {"series_id": data["series_id"], **_slot(data["slot"])}
    return Message("TaskActor", data["task_id"], "Withdraw", body)


def _move_due(data: Json) -> Message:
    return Message("TaskActor", data["task_id"], "MoveDue", {"due": data["due"]})


def _retemplate(data: Json) -> Message:
    return Message("TaskActor", data["task_id"], "Retemplate", data["fields"])


def _create_series(data: Json) -> Message:
    return Message("SeriesActor", data["successor"]["id"], "CreateSeries", data["successor"]["body"])


def _completed(data: Json) -> Message:
    task = data["task"]
    body = _slot(task["occurrence"]) | {"completed_at": task["completed_at"]}
    return Message("SeriesActor", task["series_id"], "OccurrenceCompleted", body)


def _deleted(data: Json) -> Message:
    task = data["task"]
    return Message("SeriesActor", task["series_id"], "OccurrenceDeleted", _slot(task["occurrence"]))


def _opened(data: Json) -> Message:
    """Of one that comes back from the trash as completed the series hears that it is."""
    task = data["task"]
    if task["status"] == "completed":
        return _completed(data)
    return Message("SeriesActor", task["series_id"], "OccurrenceOpened", _slot(task["occurrence"]))


def _slot(slot: Json) -> Json:
    return {"generation": slot["generation"], "slot": slot["slot"]}


# What each event asks of whom: first what series say, then what their tasks say.
MESSAGES: Final[Mapping[str, Callable[[Json], Message]]] = {
    "recurrence.triggered": _create_task,
    "recurrence.withdrawn": _withdraw,
    "recurrence.moved": _move_due,
    "recurrence.retemplated": _retemplate,
    "series.split": _create_series,
    "task.completed": _completed,
    "task.reopened": _opened,
    "task.restored": _opened,
    "task.deleted": _deleted,
    "task.purged": _deleted,
}
