"""A series as the API shows it: the stored one, flat, with its rule as a sentence and what comes next."""

from typing import Any

from actors.replies import Json
from web.api.series_preview import sentence_of, when

_AS_STORED = (
    "id", "version", "rule", "start", "zone", "mode", "month_end", "pile_up", "look_ahead_days", "status",
    "generation", "split_from", "skipped", "moved", "created_at", "updated_at", "deleted_at",
)  # fmt: skip


def series_json(stored: Json) -> Json:
    """`stored` is the series of a reply or of the read model; it is left as it is."""
    shown = {name: stored[name] for name in _AS_STORED}
    return {**template_json(stored["template"]), **shown, "sentence": sentence_of(stored), "next": _next(stored)}


def template_json(template: Json) -> Json:
    """What each occurrence gets, with what was left out of it."""
    return {
        "title": template["title"],
        "description": template.get("description", ""),
        "priority": template.get("priority", "none"),
        "tags": template.get("tags", []),
        "checklist": [{"done": False, **item} for item in template.get("checklist", [])],
        "reminders": template.get("reminders"),
    }


def tasks_of(stored: Json) -> list[Json]:
    """What has a task by the state of the series, whether the read model shows it yet or not; of what is open the newest."""
    awaited = [] if stored["awaited"] is None else [stored["awaited"]]
    return [*stored["open"], *awaited, *stored["ahead"]]


def zone_of(stored: Json) -> str:
    """In which its slots are told."""
    zone: str = stored["start"].get("zone", stored["zone"])
    return zone


def due_json(due: Json, zone: str) -> Json:
    """A due as the API shows when an occurrence is; `zone` is that of a day."""
    return when(due.get("local") or due["date"], due.get("zone", zone))


def _next(stored: Json) -> dict[str, Any] | None:
    awaited = stored["awaited"]
    if awaited is None:
        return None
    shown = when(awaited["slot"], zone_of(stored))
    return {"slot": awaited["slot"], "number": awaited["number"], "task_id": awaited["task_id"], **shown}
