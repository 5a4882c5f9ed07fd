"""Tasks and series in few words, as the answers of tools show them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from actors.clock import instant_text
from web.api.series.shown import series_json
from web.api.tasks.shown import is_overdue
from web.tools.tool import Output


class BriefTask(Output):
    id: str
    title: str
    due: dict[str, Any] | None
    priority: str
    tags: list[str]
    status: str
    overdue: bool
    series_id: str | None


class Coming(Output):
    """An occurrence: `slot` is its name, `due` is when it is; without a task_id it has no task yet."""

    slot: str
    due: dict[str, Any]
    task_id: str | None = None


class BriefSeries(Output):
    """A series; `sentence` is its rule in words, `skipped` has the slots that are left out."""

    id: str
    title: str
    sentence: str
    rule: str
    mode: str
    status: str
    start: dict[str, Any]
    next: Coming | None
    upcoming: list[Coming] = Field(default=[])
    skipped: list[str] = Field(default=[])
    priority: str
    tags: list[str]
    version: int


def brief_task(stored: Mapping[str, Any], now: datetime) -> BriefTask:
    """Returns the short form of a stored task, or of one as the API shows it."""
    names = ("id", "title", "due", "priority", "tags", "status", "series_id")
    return BriefTask(**{name: stored[name] for name in names}, overdue=is_overdue(dict(stored), instant_text(now)))


def brief_series(stored: Mapping[str, Any]) -> BriefSeries:
    """Returns the short form of a stored series."""
    shown = series_json(stored)
    names = ("id", "title", "sentence", "rule", "mode", "status", "start", "skipped", "priority", "tags", "version")
    return BriefSeries(**{name: shown[name] for name in names}, next=_coming(shown["next"]))


def _coming(moment: Mapping[str, Any] | None) -> Coming | None:
    return None if moment is None else coming(moment)


def coming(moment: Mapping[str, Any]) -> Coming:
    """Returns the short form of an occurrence as the API shows it."""
    return Coming(slot=moment["slot"], due=due_of(moment), task_id=moment["task_id"])


def due_of(moment: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the due of an occurrence or of a previewed slot, in the form that a task has."""
    return {"local": moment["local"], "zone": moment["zone"]} if "local" in moment else {"date": moment["date"]}
