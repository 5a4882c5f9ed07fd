"""A series as the API shows it: the stored one, flat, with its rule as a sentence and what comes next."""

from typing import Any

from actors.replies import Json
from actors.series.stored import sentence_of, when, zone_of

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


def _next(stored: Json) -> dict[str, Any] | None:
    awaited = stored["awaited"]
    if awaited is None:
        return None
    shown = when(awaited["slot"], zone_of(stored))
    return {"slot": awaited["slot"], "number": awaited["number"], "task_id": awaited["task_id"], **shown}
