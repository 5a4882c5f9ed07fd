"""The timeline of a simulation: a line of text for each event that a person would notice."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from actors.clock import parse_instant
from actors.replies import Json
from host.notify.notifications import due_text
from host.store.turns.outbox import Event


class Timeline:
    """Prints a line for each event. `people` has email and zone by user id: each line has that person's local time."""

    def __init__(self, start: datetime, people: Mapping[str, tuple[str, str]], say: Callable[[str], None]) -> None:
        self._start = start
        self._people = people
        self._say = say
        self.counts: Counter[str] = Counter()

    def show(self, events: Sequence[Event]) -> None:
        """Prints and counts the events. Those from before the start are what the copied consumers had yet to handle."""
        for event in events:
            entry = ENTRIES.get(event.type)
            at = parse_instant(event.body["time"])
            if entry is not None and at >= self._start:
                label, text = entry
                self.counts[label] += 1
                self._say(f"{self._when(at, event.user_id)}  {label:<10}  {text(event.body['data'])}")

    def _when(self, at: datetime, user_id: str) -> str:
        email, zone = self._people.get(user_id, ("", "UTC"))
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}  {zone}  {email}"

    def summary(self) -> str:
        counts = [f"{label}: {count:,}" for label, count in sorted(self.counts.items())]
        return ", ".join(counts) or "Nothing happens"


def _task(data: Json) -> str:
    task = data["task"]
    return f"{task['title']}, due {due_text(task['due'])}" if task["due"] else str(task["title"])


def _late(data: Json) -> str:
    late = data["late_seconds"]
    return f"{_task(data)}{f', {late:,} s late' if late else ''}"


def _series(data: Json) -> str:
    series = data.get("series")
    return str(series["template"]["title"]) if series else f"series {data['series_id']}"


# The events that are shown, by type: the label, and the text made of the event's data.
ENTRIES: Final[Mapping[str, tuple[str, Callable[[Json], str]]]] = {
    "reminder.fired": ("reminder", _late),
    "task.overdue": ("overdue", _task),
    "recurrence.triggered": ("occurrence", _task),
    "series.ended": ("series end", _series),
    "digest.due": ("digest", lambda data: f"of {data['day']}"),
    "task.purged": ("purged", lambda data: f"task {data['task_id']}"),
}
