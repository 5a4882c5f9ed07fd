"""What the rules read by the tools: tasks by filters, by ids and by names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from actors.replies import Json
from web.tools.chat.rules.answering import Words, in_order
from web.tools.chat.rules.intent import Filter
from web.tools.chat.rules.phrases import Phrases
from web.tools.chat.rules.reply import Context, Tools

MOST_TASKS: Final = 200
_PAGE: Final = 50
_PAGES: Final = MOST_TASKS // _PAGE

Place = Literal["open", "completed", "trash", "series"]
# By where names are looked for: the tool whose dry run says what they fit, and what it takes.
_LOOK_UPS: Final[Mapping[Place, tuple[str, str, Json]]] = {
    "open": ("complete-tasks", "tasks", {}),
    "completed": ("reopen-tasks", "tasks", {}),
    "trash": ("restore-tasks", "tasks", {}),
    "series": ("set-series-status", "series", {"action": "pause"}),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What one answer is worked out with."""

    tools: Tools
    context: Context
    phrases: Phrases
    words: Words

    async def find(self, wanted: Filter, most: int = MOST_TASKS) -> tuple[list[Json], int]:
        """Returns at most so many tasks of a filter in the order of their numbers, and how many there are."""
        asked: Json = {**_arguments(wanted), "limit": min(most, _PAGE)}
        found: list[Json] = []
        total = 0
        for _ in range(_PAGES):
            page = await self.tools.call("find-tasks", asked)
            found += page.get("tasks", [])
            total = int(page.get("total", 0))
            if len(found) >= most or not page.get("next_cursor"):
                break
            asked["cursor"] = page["next_cursor"]
        if wanted.repeating:
            found = [task for task in found if task.get("series_id")]
            total = len(found)
        return in_order(found[:most], await self._as_made(found, wanted)), total

    async def _as_made(self, found: Sequence[Json], wanted: Filter) -> list[str]:
        """Returns the ids of undated tasks in the order in which they were made, where that matters."""
        undated = [task for task in found if not task.get("due")]
        if len(undated) < 2:  # noqa: PLR2004  # an order needs two
            return [task["id"] for task in undated]
        made = await self.tools.call(
            "find-tasks", {**_arguments(wanted), "due": "none", "sort": "created", "limit": _PAGE}
        )
        return [task["id"] for task in made.get("tasks", [])]

    async def made_first(self, things: Sequence[Json]) -> list[str]:
        """Returns the ids of open tasks without a due in the order in which they were made, where that matters."""
        return await self._as_made(things, Filter())

    async def of_ids(self, ids: Sequence[str]) -> list[Json]:
        """Returns the tasks of the ids, in their order; one that is gone is left out."""
        if not ids:
            return []
        found = await self.tools.call("find-tasks", {"ids": list(dict.fromkeys(ids))[:_PAGE]})
        return list(found.get("tasks", []))

    async def look_up(self, names: Sequence[str], place: Place) -> list[Json]:
        """Returns for each name what it fits: `{id, title}`, or the candidates of one that fits several, or neither."""
        tool, field, more = _LOOK_UPS[place]
        dry = await self.tools.call(tool, {field: list(names), "dry_run": True, **more})
        return list(dry["results"])


def _arguments(wanted: Filter) -> Json:
    """Returns the filter as find-tasks takes it."""
    asked: dict[str, Any] = {
        "due": wanted.due,
        "from_day": wanted.first,
        "to_day": wanted.last,
        "tags": list(wanted.tags),
        "priorities": list(wanted.priorities),
        "text": " ".join(wanted.text.split()[:10])[:200],
        "status": wanted.status if wanted.status != "trash" else "",
        "in_trash": wanted.status == "trash",
    }
    return {name: value for name, value in asked.items() if value}
