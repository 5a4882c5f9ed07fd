"""What happens in a simulation, as lines for a person to read."""

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
    """`people` are email and zone by user id: each line has the time on that person's wall."""

    def __init__(self, start: datetime, people: Mapping[str, tuple[str, str]], say: Callable[[str], None]) -> None:
        self._start = start
        self._people = people
        self._say = say
        self.counts: Counter[str] = Counter()

    def tell(self, events: Sequence[Event]) -> None:
        """What came before the start was only waiting to be read."""
        for event in events:
            line = LINES.get(event.type)
            at = parse_instant(event.body["time"])
            if line is not None and at >= self._start:
                what, text = line
                self.counts[what] += 1
                self._say(f"{self._when(at, event.user_id)}  {what:<10}  {text(event.body['data'])}")

    def _when(self, at: datetime, user_id: str) -> str:
        email, zone = self._people.get(user_id, ("", "UTC"))
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}  {zone}  {email}"

    def summary(self) -> str:
        counted = [f"{what}: {count:,}" for what, count in sorted(self.counts.items())]
        return ", ".join(counted) or "Nothing happens"


def _task(data: Json) -> str:
    task = data["task"]
    return f"{task['title']}, due {due_text(task['due'])}" if task["due"] else str(task["title"])


def _late(data: Json) -> str:
    late = data["late_seconds"]
    return f"{_task(data)}{f', {late:,} s late' if late else ''}"


def _series(data: Json) -> str:
    series = data.get("series")
    return str(series["template"]["title"]) if series else f"series {data['series_id']}"


# The events that are told: as what, and what of them.
LINES: Final[Mapping[str, tuple[str, Callable[[Json], str]]]] = {
    "reminder.fired": ("reminder", _late),
    "task.overdue": ("overdue", _task),
    "recurrence.triggered": ("occurrence", _task),
    "series.ended": ("series end", _series),
    "digest.due": ("digest", lambda data: f"of {data['day']}"),
    "task.purged": ("purged", lambda data: f"task {data['task_id']}"),
}
