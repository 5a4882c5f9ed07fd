"""What the tools that change series are going to do."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from actors.clock import instant_text
from actors.recurrence.expansion import Policies
from actors.recurrence.parsing import parse
from actors.replies import Json, Refused
from actors.series.stored import when, zone_of
from actors.series.upcoming import made_ahead, upcoming
from actors.shapes import Series
from host.store.read_model import series_queries
from web.tools.moments import due_of
from web.tools.plan import Plan, Step, Unfit
from web.tools.series.models import KEEP, NONE, RepeatTask, SetSeriesStatus, SkipOccurrences, UpdateSeries
from web.tools.series.named import series_named
from web.tools.task_names import tasks_named
from web.tools.tool import Use

_COMMANDS: Final[Mapping[str, tuple[str, Json]]] = {
    "pause": ("PauseSeries", {}),
    "resume": ("ResumeSeries", {}),
    "stop": ("StopSeries", {"keep": False}),
}


async def plan_repeat(use: Use, asked: RepeatTask) -> Plan:
    """Plans to make a task the first occurrence of a new series."""
    [task] = await tasks_named(use, [asked.task])
    if isinstance(task, Unfit):
        return Plan(unfit=(task,))
    due = due_of(use.act, asked.start) if asked.start else task["due"]
    if due is None:
        detail = "The task has no due, at which its repetition starts: send start, as 2026-12-01 or 2026-12-01T09:00."
        return Plan(unfit=(Unfit(0, "due_required", detail),))
    recurrence = asked.model_dump(include={"rule", "mode", "month_end", "look_ahead_days"})
    recurrence |= {"pile_up": asked.pile_up} if asked.pile_up != "auto" else {}
    if (unfit := _unreadable(use, {**recurrence, "start": due})) is not None:
        return Plan(unfit=(unfit,))
    body = {"recurrence": recurrence, **({"due": due} if asked.start else {})}
    return Plan((Step("repeat_task", task["id"], task["title"], body=body, version=task["version"]),))


async def plan_update(use: Use, asked: UpdateSeries) -> Plan:
    """Plans to edit a series, or to divide it at a slot."""
    [series] = await series_named(use, [asked.series])
    if isinstance(series, Unfit):
        return Plan(unfit=(series,))
    patch = _patch(use, asked)
    if not patch:
        return Plan(unfit=(Unfit(0, "nothing_to_change", "Send at least one field to change, such as rule or title."),))
    if (unfit := _unreadable(use, {**series, **patch})) is not None:
        return Plan(unfit=(unfit,))
    what: Json = {"target": series["id"], "title": series["template"]["title"], "version": series["version"]}
    if not asked.from_slot:
        return Plan((Step(kind="edit_series", body=patch, **what),))
    return Plan((Step(kind="split_series", body={"slot": asked.from_slot, "patch": patch}, **what),))


def _patch(use: Use, asked: UpdateSeries) -> Json:
    """Returns the body of PatchSeries for what is to change."""
    template = {name: value for name, value in _template(asked).items() if value is not None}
    choices = asked.model_dump(include={"mode", "month_end", "pile_up"})
    patch: Json = {name: value for name, value in choices.items() if value != KEEP}
    patch |= {"rule": asked.rule} if asked.rule else {}
    patch |= {"start": due_of(use.act, asked.start)} if asked.start else {}
    patch |= {"look_ahead_days": asked.look_ahead_days} if asked.look_ahead_days >= 0 else {}
    return patch | ({"template": template} if template else {})


def _template(asked: UpdateSeries) -> Json:
    """Returns the fields of the template from now on; None is what stays."""
    description = "" if asked.description == NONE else asked.description or None
    reminders = [{"offset": offset} for offset in asked.reminders if offset != NONE] if asked.reminders else None
    return {
        "title": asked.title or None,
        "description": description,
        "priority": None if asked.priority == KEEP else asked.priority,
        "tags": [tag for tag in asked.tags if tag != NONE] if asked.tags else None,
        "reminders": reminders,
    }


def _unreadable(use: Use, series: Mapping[str, Any]) -> Unfit | None:
    """Returns why the rule of a series that is to be cannot be taken; None if it can."""
    policies = Policies(month_end=series["month_end"], mode=series["mode"])
    problem = parse(series["rule"], series["start"], use.act.caller.profile.zone, policies)
    if not isinstance(problem, Refused):
        return None
    faults = [f"{error['pointer']}: {error['detail']}" for error in problem.extra.get("errors", [])]
    return Unfit(0, problem.code, " ".join([problem.detail, *faults, "preview-recurrence checks a rule."]))


async def plan_status(use: Use, asked: SetSeriesStatus) -> Plan:
    """Plans to pause, resume, stop or delete series; a delete is asked about first."""
    found = await series_named(use, asked.series)
    steps = [_status_step(series, asked) for series in found if not isinstance(series, Unfit)]
    return Plan(tuple(steps), _unfit(found))


def _status_step(series: Series, asked: SetSeriesStatus) -> Step:
    target, title = series["id"], series["template"]["title"]
    if asked.action == "delete":
        return Step("delete_series", target, title, body={"occurrences": asked.occurrences}, asks=True)
    command, body = _COMMANDS[asked.action]
    return Step("change_series", target, title, command=command, body=body)


def _unfit(found: Sequence[object]) -> tuple[Unfit, ...]:
    return tuple(each for each in found if isinstance(each, Unfit))


async def plan_skips(use: Use, asked: SkipOccurrences) -> Plan:
    """Plans to skip slots, or to take skips back: those that are named, else the next one of each series."""
    found = await series_named(use, asked.series)
    if asked.slots:
        [series] = found
        if isinstance(series, Unfit):
            return Plan(unfit=(series,))
        return Plan(tuple(_skip_step(series, slot, undo=asked.undo) for slot in asked.slots))
    planned = [
        series if isinstance(series, Unfit) else await _next_skip(use, place, series, undo=asked.undo)
        for place, series in enumerate(found)
    ]
    return Plan(tuple(step for step in planned if isinstance(step, Step)), _unfit(planned))


async def _next_skip(use: Use, place: int, series: Series, *, undo: bool) -> Step | Unfit:
    slot = _skipped_ahead(use, series) if undo else await _awaited(use, series)
    if slot is None:
        return Unfit(
            place,
            "nothing_to_skip",
            f"{series['template']['title']} has no {'skipped' if undo else 'next'} occurrence.",
        )
    return _skip_step(series, slot, undo=undo)


async def _awaited(use: Use, series: Series) -> str | None:
    """Returns the slot whose task is not done yet and which has not come yet."""
    async with use.act.db.connect() as connection:
        done = await series_queries.done_of(connection, use.act.user_id, made_ahead([series]))
    awaited = upcoming(series, done)["awaited"]
    return None if awaited is None else awaited["slot"]


def _skipped_ahead(use: Use, series: Series) -> str | None:
    now, zone = instant_text(use.act.now()), zone_of(series)
    return next((slot for slot in series["skipped"] if when(slot, zone)["at"] >= now), None)


def _skip_step(series: Series, slot: str, *, undo: bool) -> Step:
    command = "UnskipSlot" if undo else "SkipSlot"
    title = f"{series['template']['title']}, {slot.replace('T', ' ')}"
    return Step("change_series", series["id"], title, command=command, body={"slot": slot})
