"""What came of a message, in the words of the person's language. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from actors.replies import Json
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.tables.answers import ANSWERS, MONTHS, QUOTES, WEEKDAYS

MOST_SHOWN: Final = 50  # lines of a list
_LONGEST_SHOWN: Final = 80  # characters of a title
_DAY_STARTS: Final = "09:00"
_HOUR: Final = 60
_DAY: Final = 1_440
_NEVER: Final = "9999"


@dataclass(frozen=True)
class Words:
    """The words of one answer."""

    context: Context

    @cached_property
    def _language(self) -> str:
        code = self.context.language.partition("-")[0].lower()
        return code if code in QUOTES else "en"

    @cached_property
    def today(self) -> date:
        """Returns the day where the person lives."""
        return self.context.now.astimezone(ZoneInfo(self.context.zone)).date()

    def say(self, name: str, **values: Any) -> str:
        """Returns the answer of that name with its values."""
        return ANSWERS[name][self._language].format(**values)

    def title(self, title: str) -> str:
        """Returns a title in quotes, cut where it is long."""
        before, behind = QUOTES[self._language]
        return f"{before}{_cut(title)}{behind}"

    def due(self, due: Mapping[str, Any] | None) -> str:
        """Returns a due of a task as people say it, "" for none."""
        if not due:
            return ""
        if "date" in due:
            return self.day(date.fromisoformat(due["date"]))
        return self.moment(datetime.fromisoformat(due["local"]))

    def moment(self, local: datetime) -> str:
        """Returns a time of the wall."""
        return self.say("at", day=self.day(local.date()), time=f"{local:%H:%M}")

    def instant(self, at: datetime) -> str:
        """Returns an instant as the wall shows it where the person lives."""
        return self.moment(at.astimezone(ZoneInfo(self.context.zone)).replace(tzinfo=None))

    def day(self, day: date) -> str:
        """Returns a day: by its distance from today, or by its date."""
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - self.today).days)
        if near is not None:
            return self.say(near)
        month, weekday = MONTHS[self._language][day.month - 1], WEEKDAYS[self._language][day.weekday()]
        name = "date" if day.year == self.today.year else "date_of"
        return self.say(name, weekday=weekday, day=day.day, month=month, year=day.year)

    def interval(self, minutes: int) -> str:
        """Returns a number of minutes, in hours or days where they are whole."""
        if minutes and minutes % _DAY == 0:
            return self.say("days", n=minutes // _DAY)
        if minutes and minutes % _HOUR == 0:
            return f"{minutes // _HOUR} h"
        return f"{minutes} min"

    def line(self, task: Mapping[str, Any]) -> str:
        """Returns one line about a task: its title, its due, and what is special."""
        said = [_cut(task["title"])]
        said += [self.due(task.get("due"))] if task.get("due") else []
        said += [self.say("overdue")] if task.get("overdue") else []
        said += [self.say(task["priority"])] if task.get("priority") in {"high", "urgent"} else []
        return " · ".join(said)

    def numbered(self, tasks: Sequence[Mapping[str, Any]]) -> str:
        """Returns the tasks in numbered lines."""
        lines = [f"{number}. {self.line(task)}" for number, task in enumerate(tasks[:MOST_SHOWN], 1)]
        more = len(tasks) - MOST_SHOWN
        return "\n".join([*lines, *([self.say("more", n=more)] if more > 0 else [])])

    def listed(self, tasks: Sequence[Mapping[str, Any]], total: int) -> str:
        """Returns a list with its number; `total` may be larger than what is shown."""
        if not total:
            return self.say("none_open")
        head = self.say("one") if total == 1 else self.say("several", n=total)
        more = [self.say("more", n=total - len(tasks))] if total > len(tasks) else []
        return "\n".join([head, self.numbered(tasks), *more])


def in_order(tasks: Iterable[Json], undated: Sequence[str] = ()) -> list[Json]:
    """Returns tasks as they are numbered: by due, then those without in the order of `undated`."""
    places = {task_id: place for place, task_id in enumerate(undated)}
    return sorted(tasks, key=lambda task: (_due_text(task.get("due")), places.get(task["id"], len(places))))


def _due_text(due: Mapping[str, Any] | None) -> str:
    if not due:
        return _NEVER
    return str(due.get("local") or f"{due['date']}T{_DAY_STARTS}")


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST_SHOWN else f"{title[:_LONGEST_SHOWN].rstrip()}…"
