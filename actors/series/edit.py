"""Edits of a whole series, from now on: its fields, its zone, a tag of its template."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast

from actors import tags
from actors.clock import instant_text, parse_instant
from actors.due import follows_the_user
from actors.events import Changes
from actors.recurrence.expansion import Recurrence, Slot, slot_at
from actors.replies import Decision, Refused
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.coming import catch_up, ready, retell
from actors.series.refusals import NO_ROOM
from actors.series.renewal import renew
from actors.series.state import Noted
from actors.series.step import Step
from actors.shapes import MadeSlot, Template

# The fields whose change makes a new generation of slots.
RENEWING: Final = frozenset({"rule", "start", "mode", "month_end"})
_EMPTY: Final = frozenset({"until_before_start", "never_yields"})  # what is wrong with a rule that has no slot


def patch(step: Step) -> Decision:
    """Sets fields. A change of rule, start, mode or month end renews the slots ahead; a new template reaches open tasks.

    A series that has ended goes on where the new rule has a slot ahead, and one whose rule has none ends.
    """
    ready_step = ready(step, "active", "paused", "ended")
    if isinstance(ready_step, Refused):
        return ready_step
    changed = changes(ready_step, ready_step.body)
    edited = conflict(ready_step, changed) or apply(ready_step, changed)
    return edited if isinstance(edited, Refused) else edited.decided()


def changes(step: Step, patched: Mapping[str, Any]) -> Changes:
    """Returns what a patch changes, by the name of the field."""
    before = series_state.flat(step.state)
    return {
        name: {"old": before[name], "new": value} for name, value in wanted(patched).items() if before[name] != value
    }


def wanted(patched: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values that a patch asks for, flat; null clears a field of the template."""
    blank = dict[str, Any](series_state.BLANK)
    template = {name: blank[name] if value is None else value for name, value in patched.get("template", {}).items()}
    return {**template, **{name: value for name, value in patched.items() if name != "template"}}


def conflict(step: Step, changed: Changes) -> Refused | None:
    """Returns the refusal for a caller who did not know the newest value of a field that the edit changes."""
    if_match, versions = step.command.if_match, step.before["field_versions"]
    if if_match is None:
        return None
    conflicts = [
        {"field": name, "yours": change["new"], "theirs": change["old"]}
        for name, change in changed.items()
        if versions.get(name, 1) > if_match
    ]
    if not conflicts and if_match <= step.before["version"]:
        return None
    return Refused("edit_conflict", "Somebody changed the same fields meanwhile.", 409, {"conflicts": conflicts})


def apply(step: Step, changed: Changes, *, last_done: str | None = None) -> Step | Refused:
    """Sets the values and what follows from them, or returns why they cannot be set.

    `last_done` is from when slots after completion count once the edit has set the present one aside.
    """
    if not changed:
        return step
    old, edited = step.recurrence, _set(step, changed)
    if isinstance(edited, Refused):
        return edited
    if not RENEWING.isdisjoint(changed):
        edited = _renewed(edited, old, changed, last_done)
    texts = changed.keys() & series_state.BLANK.keys()
    return catch_up(retell(edited, texts) if texts else edited)


def _set(step: Step, changed: Changes) -> Step | Refused:
    values = {name: change["new"] for name, change in changed.items()}
    texts = {name: values[name] for name in values if name in series_state.BLANK}
    template = cast("Template", {**step.series["template"], **texts})  # validated where commands are built
    if series_state.template_bytes(template) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    rest = {name: value for name, value in values.items() if name not in series_state.BLANK}
    if "start" in rest:
        rest["zone"] = step.command.zone
    problem = series_slots.parsed({**step.series, **rest})
    if isinstance(problem, Refused):
        return _with_a_way_out(problem)
    version = step.before["version"] + 1
    versions = {**step.series["field_versions"], **dict.fromkeys(values, version)}
    edits = _noted(step, version)
    return step.fields(**rest, template=template, field_versions=versions, edits=edits).record(
        "series.updated", changed
    )


def _with_a_way_out(problem: Refused) -> Refused:
    """Returns the refusal of a rule; of one that never has a slot it says how to end the series."""
    if _EMPTY.isdisjoint(error["code"] for error in problem.extra["errors"]):
        return problem
    return replace(problem, detail=f"{problem.detail} To end the series, stop it.")


def _noted(step: Step, version: int) -> list[Noted]:
    """Returns the edits that can be undone: this one, and others of the last 30 days, at most 100."""
    since = instant_text(step.now - series_state.EDITS_KEPT)
    noted: Noted = {"version": version, "at": step.now_text}
    if step.agenda.last_done is not None:
        noted["last_done"] = step.agenda.last_done
    edits = [edit for edit in step.series.get("edits", []) if edit["at"] > since]
    return [*edits, noted][-series_state.MAX_EDITS :]


def _renewed(step: Step, old: Recurrence, changed: Changes, last_done: str | None) -> Step:
    begins_anew = "mode" in changed or ("start" in changed and _day(changed["start"]["old"]) != _day_new(changed))
    if begins_anew:
        step = replace(step.lists(last_done=last_done), from_start="start" in changed)
    same_days = not begins_anew and set(changed) & RENEWING == {"start"}
    step = renew(step, old, goes_on=step.status != "paused", same_days=same_days)
    return _gone_on(step) if step.status == "ended" else step


def _day_new(changed: Changes) -> date:
    return _day(changed["start"]["new"])


def _day(start: Mapping[str, Any]) -> date:
    return date.fromisoformat((start.get("local") or start["date"])[:10])


def _gone_on(step: Step) -> Step:
    """Makes an ended series active if the rule has a slot ahead now."""
    since, passed = parse_instant(step.since), step.agenda.passed_number
    first = series_slots.first_numbered(step.state, step.recurrence, since, passed, from_start=step.from_start)
    return step if first is None and not step.agenda.held else step.change("series.resumed", status="active")


def rename_tag(step: Step) -> Decision:
    """Puts one tag in the place of another in the template, also of a series that is paused or over."""
    return _retag(step, tags.renamed(step.series["template"]["tags"], step.body["from"], step.body["to"]))


def remove_tag(step: Step) -> Decision:
    """Takes a tag out of the template, also of a series that is paused or over."""
    return _retag(step, tags.removed(step.series["template"]["tags"], step.body["tag"]))


def _retag(step: Step, names: list[str]) -> Decision:
    old = step.series["template"]["tags"]
    if names != old and step.status != "deleted":
        edited = apply(step, {"tags": {"old": old, "new": names}})
        assert not isinstance(edited, Refused), "a template of other tags does not fit"  # noqa: S101  # they are shorter than a title
        step = edited
    return step.decided()


def rezone(step: Step) -> Decision:
    """Follows a change of the user's zone: only a start without a zone of its own moves. Its slots keep names and tasks."""
    zone = step.body["zone"]
    moved = ready(step, "active", "paused")
    if isinstance(moved, Refused):
        return moved
    if follows_the_user(moved.series["start"]) and moved.series["zone"] != zone:
        moved = _recounted(moved.change("series.updated", zone=zone))
        agenda = moved.agenda
        moved = catch_up(moved.lists(open=tuple(_counted(moved.recurrence, made) for made in agenda.open)))
    return moved.decided()


def recount(step: Step) -> Decision:
    """Computes instants anew after the rules of time zones changed: slots ahead may start at another instant."""
    moved = ready(step, "active")
    if isinstance(moved, Refused):
        return moved
    return catch_up(_recounted(moved)).decided()


def _recounted(step: Step) -> Step:
    agenda, recurrence = step.agenda, step.recurrence
    awaited = agenda.awaited and _counted(recurrence, agenda.awaited)
    return step.lists(awaited=awaited, ahead=tuple(_counted(recurrence, made) for made in agenda.ahead))


def _counted(recurrence: Recurrence, made: MadeSlot) -> MadeSlot:
    """Returns the made slot with its instant computed anew; one with a time stays as it is when the rule has days now."""
    if recurrence.clock is None and "T" in made["slot"]:
        return made
    return {**made, "at": instant_text(slot_at(recurrence, Slot(made["generation"], made["slot"])))}
