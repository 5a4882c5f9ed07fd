"""Quotas: how much a user may store, and the refusal of what people would make beyond that.

A command that is not in `_ADDS` is never refused: an occurrence, a restore, an undo, a date, a reminder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import orjson

from actors.commands import Command
from actors.fields import fold
from actors.replies import Json
from host import metrics
from host.store.read_model import series_queries, task_queries, usage_queries
from host.store.turns import commands
from web.problems import ProblemError
from web.services import Services

What: TypeAlias = Literal["tasks", "series", "bytes"]

LOOK_SECONDS: Final = 5.0  # how long a process goes by a look at the database, to which it adds what it lets through
_MOST_LOOKS: Final = 20_000
_ADDS: Final[Mapping[str, tuple[What, ...]]] = {  # what a command may make more of
    "CreateTask": ("tasks", "bytes"),
    "CreateSeries": ("series", "tasks", "bytes"),
    "SplitSeries": ("series", "bytes"),
    "PatchTask": ("bytes",),
    "PatchSeries": ("bytes",),
    "AddTags": ("bytes",),
    "RenameTag": ("bytes",),
}
_WORDS: Final[Mapping[What, str]] = {
    "tasks": "You have {used:,.0f} tasks, with those in the trash, and may have {most:,.0f}: delete some permanently",
    "series": "You have {used:,.0f} series and may have {most:,.0f}: delete some that you no longer need",
    "bytes": "Your tasks and series take up {used:,.1f} MB and may take up {most:,.1f}: delete some permanently",
}
_MEGABYTE: Final = 1 << 20


@dataclass(slots=True)
class _Look:
    """What a user was seen to store, until `ends_at`, with what was let through since."""

    ends_at: float
    stored: dict[What, int]


class Quota:
    """Refuses what goes beyond the limits of the settings, where 0 is none.

    `now_seconds` is a monotonic clock. A user comes beyond a limit by what other processes let through within
    LOOK_SECONDS, and by what the projector does not show at a look.
    """

    def __init__(self, services: Services, now_seconds: Callable[[], float]) -> None:
        self._services = services
        self._now_seconds = now_seconds
        settings = services.settings
        limits: dict[What, int] = {
            "tasks": settings.quota_tasks,
            "series": settings.quota_series,
            "bytes": settings.quota_bytes,
        }
        self._limits = {what: most for what, most in limits.items() if most}
        self._looks: dict[str, _Look] = {}

    async def usage_json(self, user_id: str) -> Json:
        """Returns what the user stores and may store, as `GET /me` shows it."""
        stored = (await self._look(user_id)).stored
        return {what: {"used": used, "limit": self._limits.get(what)} for what, used in stored.items()}

    async def admit(self, user_id: str, actor_id: str, command: Command) -> None:
        """Raises the 403 for a command of a person that makes more than the user may store."""
        adds: list[What] = [what for what in _ADDS.get(command.name, ()) if what in self._limits]
        if not adds:
            return
        look = self._looks.get(user_id)
        if look is None or look.ends_at <= self._now_seconds():
            look = await self._look(user_id)
        if self._reached(look, adds) and await self._is_all_shown(user_id):
            look = await self._look(user_id)
        what = self._reached(look, adds)
        if what is not None and await self._is_refused(user_id, actor_id, command):
            metrics.quota_refused.labels(what).inc()
            raise self._refusal(what, look.stored[what])
        _add(look, command)

    async def _look(self, user_id: str) -> _Look:
        if len(self._looks) >= _MOST_LOOKS:
            self._looks.clear()
        async with self._services.db.connect() as connection:
            tasks, series, size = await usage_queries.find(connection, user_id)
        look = _Look(self._now_seconds() + LOOK_SECONDS, {"tasks": tasks, "series": series, "bytes": size})
        self._looks[user_id] = look
        return look

    async def _is_all_shown(self, user_id: str) -> bool:
        """Waits until what the user did can be read, a purge for one; returns whether it can."""
        services = self._services
        return (await services.projection.own_writes(user_id, services.longest_wait_seconds)).missing is None

    def _reached(self, look: _Look, adds: list[What]) -> What | None:
        return next((what for what in adds if look.stored[what] >= self._limits[what]), None)

    async def _is_refused(self, user_id: str, actor_id: str, command: Command) -> bool:
        """Returns whether the command makes more, and is no repetition of one that was done."""
        async with self._services.db.connect() as connection:
            if await commands.is_known(connection, command.id):
                return False
            if command.name not in _EDITS:
                return True
            find = series_queries.find if command.name == "PatchSeries" else task_queries.find
            stored: Mapping[str, Any] | None = await find(connection, user_id, actor_id)
        return stored is not None and _lengthens(command, stored)

    def _refusal(self, what: What, used: int) -> ProblemError:
        unit = _MEGABYTE if what == "bytes" else 1
        words = _WORDS[what].format(used=used / unit, most=self._limits[what] / unit)
        return ProblemError(403, "quota_reached", f"{words}, or ask whoever runs this Duely for more room.")


def _add(look: _Look, command: Command) -> None:
    look.stored["tasks"] += command.name == "CreateTask"
    look.stored["series"] += command.name == "CreateSeries"
    look.stored["bytes"] += len(orjson.dumps(command.body))


# What a task, or the template of a series, is after an edit, as far as texts go.
_EDITS: Final[Mapping[str, Callable[[Json, Mapping[str, Any]], Json]]] = {
    "PatchTask": lambda body, _: body,
    "PatchSeries": lambda body, _: body.get("template", {}),
    "AddTags": lambda body, task: {"tags": list({fold(tag): tag for tag in [*task["tags"], *body["tags"]]}.values())},
    "RenameTag": lambda body, task: {
        "tags": [body["to"] if fold(tag) == fold(body["from"]) else tag for tag in task["tags"]]
    },
}


def _lengthens(command: Command, stored: Mapping[str, Any]) -> bool:
    """Returns whether the texts are longer after the edit; dates, reminders and priorities do not count."""
    before = stored.get("template", stored)
    return _written({**before, **_EDITS[command.name](command.body, before)}) > _written(before)


def _written(task: Mapping[str, Any]) -> int:
    """Returns the bytes of what a person has written into a task or a template."""
    items = (item["text"] for item in task["checklist"] or ())
    return len("".join((task["title"], task["description"] or "", *(task["tags"] or ()), *items)).encode())
