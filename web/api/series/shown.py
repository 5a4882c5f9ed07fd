"""A series as the API shows it: the stored one, flat, with its rule as a sentence and its next slot."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from actors.replies import Json
from actors.series.stored import sentence_of, when, zone_of
from actors.series.upcoming import upcoming
from actors.shapes import Series

_AS_STORED = (
    "id", "version", "rule", "start", "zone", "mode", "month_end", "pile_up", "look_ahead_days", "status",
    "generation", "split_from", "skipped", "moved", "created_at", "updated_at", "deleted_at",
)  # fmt: skip


def series_json(stored: Mapping[str, Any]) -> Json:
    """Returns what to show of a series from a reply or the read model; `stored` is not changed."""
    fields = {name: stored[name] for name in _AS_STORED}
    fields["kept"] = stored.get("kept", [])
    return {**template_json(stored["template"]), **fields, "sentence": sentence_of(stored), "next": _next(stored)}


async def all_series_json(stored: Sequence[Series], done: Collection[str]) -> list[Json]:
    """Returns what to show of several series; `done` are the ids of tasks made ahead that are done.

    Other requests get the loop after each: reading a rule that ends after thousands of slots takes milliseconds.
    """
    items: list[Json] = []
    for series in stored:
        items.append(series_json(upcoming(series, done)))
        await asyncio.sleep(0)
    return items


def template_json(template: Json) -> Json:
    """Returns what each occurrence gets, with the values of absent fields."""
    return {
        "title": template["title"],
        "description": template.get("description", ""),
        "priority": template.get("priority", "none"),
        "tags": template.get("tags", []),
        "checklist": [{"done": False, **item} for item in template.get("checklist", [])],
        "reminders": template.get("reminders"),
    }


def _next(stored: Mapping[str, Any]) -> dict[str, Any] | None:
    awaited = stored["awaited"]
    if awaited is None:
        return None
    start = when(awaited["slot"], zone_of(stored))
    return {"slot": awaited["slot"], "number": awaited["number"], "task_id": awaited["task_id"], **start}
