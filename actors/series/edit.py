"""Edits of a series: all of it from now on, or from one slot on as a series of its own (a split)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast

from typing_extensions import TypedDict

from actors.clock import instant_text
from actors.commands import successor_id
from actors.due import follows_the_user
from actors.events import Changes
from actors.recurrence.days import filled
from actors.recurrence.expansion import Recurrence, Slot, number_of, slot_at
from actors.replies import Decision, Json, Refused
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.draft import Draft
from actors.series.refusals import NO_ROOM, NOTHING_LEFT, SLOT_NOT_FOUND, SLOT_STARTED, START_BEFORE_SLOT
from actors.series.state import SeriesState
from actors.shapes import DueShape, MadeSlot, Template

# The fields whose change makes a new generation: slots, and so tasks, with other names.
RENEWING: Final = frozenset({"rule", "start", "mode", "month_end"})


def patch(draft: Draft) -> Decision:
    """Sets fields. A change of rule, start, mode or month end renews the slots ahead; a new template reaches open tasks."""
    refusal = draft.ready("active", "paused")
    if refusal is not None:
        return refusal
    changed = _changes(draft, draft.command.body)
    if (conflict := _conflict(draft, changed)) is not None:
        return conflict
    if not changed:
        return draft.decided()
    values = {name: change["new"] for name, change in changed.items()}
    return _apply(draft, values, changed) or draft.decided()


def _changes(draft: Draft, patched: Mapping[str, Any]) -> Changes:
    before = series_state.flat(draft.state)
    return {
        name: {"old": before[name], "new": value} for name, value in _wanted(patched).items() if before[name] != value
    }


def _wanted(patched: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values that a patch asks for, flat; null clears a field of the template."""
    blank = dict[str, Any](series_state.BLANK)
    template = {name: blank[name] if value is None else value for name, value in patched.get("template", {}).items()}
    return {**template, **{name: value for name, value in patched.items() if name != "template"}}


def _conflict(draft: Draft, changed: Changes) -> Refused | None:
    if_match, versions = draft.command.if_match, draft.before["field_versions"]
    if if_match is None:
        return None
    conflicts = [
        {"field": name, "yours": change["new"], "theirs": change["old"]}
        for name, change in changed.items()
        if versions.get(name, 1) > if_match
    ]
    if not conflicts and if_match <= draft.before["version"]:
        return None
    return Refused("edit_conflict", "Somebody changed the same fields meanwhile.", 409, {"conflicts": conflicts})


def _apply(draft: Draft, values: dict[str, Any], changed: Changes) -> Refused | None:
    """Sets the values and what follows from them, or returns why they cannot be set."""
    texts = {name: values[name] for name in values if name in series_state.BLANK}
    template = cast("Template", {**draft.state["template"], **texts})  # validated where commands are built
    if series_state.template_bytes(template) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    rest = {name: value for name, value in values.items() if name not in series_state.BLANK}
    if "start" in rest:
        rest["zone"] = draft.command.zone
    problem = series_slots.parsed({**draft.state, **rest})
    if isinstance(problem, Refused):
        return problem
    versions = {**draft.state["field_versions"], **dict.fromkeys(values, draft.before["version"] + 1)}
    draft.state.update(cast("SeriesState", rest))
    draft.state.update({"template": template, "field_versions": versions})
    draft.record("series.updated", changed)
    if "start" in values or "mode" in values:
        draft.state.pop("last_done", None)
    if not RENEWING.isdisjoint(values):
        renew(draft)
        if draft.state["awaited"] is None and _first(draft) is None:
            return NOTHING_LEFT
    if texts:
        draft.retemplate(set(texts))
    draft.catch_up()
    return None


def _first(draft: Draft) -> series_slots.Numbered | None:
    return series_slots.first_numbered(draft.state, draft.recurrence, draft.now, draft.state["passed_number"])


def renew(draft: Draft) -> None:
    """Begins a new generation for what has not started; it has no slot on a day on which one has started before.

    A slot ahead stays skipped or moved, and keeps the task that is made, if the new generation has a slot of that name.
    After completion the one open task, once its time has come, is still awaited.
    """
    awaited, zone = draft.state["awaited"], draft.recurrence.zone
    waits = awaited is not None and draft.state["mode"] == "completion" and draft.has_started(awaited)
    entries = [] if waits else draft.set_aside()
    state = draft.state
    draft.state.update(
        {
            "generation": state["generation"] + 1,
            "begins_after": series_slots.last_day(state),
            "passed": None,
        }
    )
    draft.recurrence = series_slots.recurrence_of(draft.state)
    _keep_exceptions(draft)
    staying = [made for made in entries if draft.is_closed(made) or zone == draft.recurrence.zone]
    if draft.state["mode"] == "schedule":
        staying = [made for made in staying if series_slots.named_slot(draft.state, draft.recurrence, made["slot"])]
    draft.hold(entries, staying)


def _keep_exceptions(draft: Draft) -> None:
    """Keeps what is skipped and moved for names that are slots still; after completion no slot ahead is known."""
    if draft.state["mode"] == "completion":
        return
    skipped, moved = draft.state["skipped"], draft.state["moved"]
    left = {name for name in (*skipped, *moved) if series_slots.named_slot(draft.state, draft.recurrence, name)}
    draft.state.update(
        {
            "skipped": [name for name in skipped if name in left],
            "moved": {name: due for name, due in moved.items() if name in left},
        }
    )


def rezone(draft: Draft) -> Decision:
    """Follows a change of the user's zone: only a start without a zone of its own moves. Its slots keep names and tasks."""
    zone = draft.command.body["zone"]
    refusal = draft.ready("active", "paused")
    if refusal is not None:
        return refusal
    if follows_the_user(draft.state["start"]) and draft.state["zone"] != zone:
        draft.change("series.updated", zone=zone)
        draft.recurrence = series_slots.recurrence_of(draft.state)
        _recount_unstarted(draft)
        draft.state["open"] = [_counted(draft.recurrence, made) for made in draft.state["open"]]
        draft.catch_up()
    return draft.decided()


def recount(draft: Draft) -> Decision:
    """Computes instants anew after the rules of time zones changed: slots ahead may start at another instant."""
    refusal = draft.ready("active")
    if refusal is not None:
        return refusal
    if draft.state["awaited"] is not None:
        _recount_unstarted(draft)
        draft.catch_up()
    return draft.decided()


def _recount_unstarted(draft: Draft) -> None:
    state = draft.state
    if state["awaited"] is not None:
        state["awaited"] = _counted(draft.recurrence, state["awaited"])
    state["ahead"] = [_counted(draft.recurrence, made) for made in state["ahead"]]


def _counted(recurrence: Recurrence, made: MadeSlot) -> MadeSlot:
    """Returns the made slot with its instant computed anew; one with a time stays as it is when the rule has days now."""
    if recurrence.clock is None and "T" in made["slot"]:
        return made
    return {**made, "at": instant_text(slot_at(recurrence, Slot(made["generation"], made["slot"])))}


def split(draft: Draft) -> Decision:
    """Ends the series before a slot; another begins there, with what the command patches."""
    refusal = draft.ready("active")
    if refusal is not None:
        return refusal
    state, name = draft.state, draft.command.body["slot"]
    made = next((entry for entry in series_state.unstarted(state) if entry["slot"] == name), None)
    slot = series_slots.named_slot(state, draft.recurrence, name) if made is None else Slot(made["generation"], name)
    if slot is None or (made is None and state["mode"] == "completion"):
        return SLOT_NOT_FOUND
    if name < series_state.awaited_of(state)["slot"] or (made is not None and draft.has_started(made)):
        return SLOT_STARTED
    number = number_of(draft.recurrence, slot) if made is None else made["number"]
    body = _successor(draft, slot, number - 1)
    conflict = _conflict(draft, _changes(draft, draft.command.body.get("patch", {})))
    problem = conflict or _begun(draft, slot, body)
    if problem is not None:
        return problem
    _end_before(draft, name, body)
    return draft.decided()


def _end_before(draft: Draft, name: str, body: Json) -> None:
    state = draft.state
    entries = series_state.unstarted(state)
    draft.withdraw([made for made in entries if made["slot"] >= name])
    kept = [made for made in entries if made["slot"] < name]
    draft.record(
        "series.split",
        {"ends_before": {"old": state["ends_before"], "new": name}},
        successor={"id": body["id"], "body": body},
    )
    draft.state.update(
        {
            "ends_before": name,
            "awaited": kept[0] if kept else None,
            "ahead": kept[1:],
            "skipped": [slot for slot in state["skipped"] if slot < name],
            "moved": {slot: due for slot, due in state["moved"].items() if slot < name},
        }
    )
    if draft.state["mode"] == "completion":
        draft.await_slot(None)
    draft.catch_up()


def _successor(draft: Draft, slot: Slot, before: int) -> Json:
    """Returns the body of the CreateSeries that makes the successor; `before` slots of COUNT are used up."""
    state, patched = draft.state, draft.command.body.get("patch", {})
    wanted = {
        **series_state.flat(state),
        "start": series_slots.start_of(draft.recurrence, slot.nominal),
        **_wanted(patched),
    }
    if wanted["rule"] == state["rule"]:
        wanted["rule"] = continued(state["rule"], draft.recurrence, slot, before, wanted)
    return {
        "id": successor_id(state["id"], draft.command.id),
        "template": {name: wanted[name] for name in series_state.BLANK},
        **{name: wanted[name] for name in wanted if name not in series_state.BLANK},
        "split_from": state["id"],
        "ends_before": state["ends_before"],
        "wanted_since": draft.now_text,
    }


_COUNT = re.compile(r"COUNT=\+?\d+", re.IGNORECASE)


def continued(text: str, recurrence: Recurrence, slot: Slot, before: int, wanted: Mapping[str, Any]) -> str:
    """Returns the rule for a series that starts at a later slot: COUNT is what is left, and the day is explicit.

    A monthly rule that leaves its day to a start on the 31st would go on with the 28th from February.
    """
    rule, start = recurrence.rule, wanted["start"]
    if rule.count is not None:
        text = _COUNT.sub(f"COUNT={rule.count - before}", text)
    days = recurrence.whole.month_days
    if wanted["mode"] == "completion" or _day_of(start) != slot.day or filled(rule, slot.day).month_days == days:
        return text
    months = "" if rule.months or rule.frequency == "MONTHLY" else f";BYMONTH={recurrence.whole.months[0]}"
    return f"{text.strip()}{months};BYMONTHDAY={days[0]}"


def _day_of(start: Mapping[str, Any]) -> date:
    return date.fromisoformat((start.get("local") or start["date"])[:10])


def _begun(draft: Draft, slot: Slot, body: Json) -> Refused | None:
    """Returns why the CreateSeries `body` would be refused; adds what is skipped and moved of its slots to it."""
    if _day_of(body["start"]) < slot.day:
        return START_BEFORE_SLOT
    if series_state.template_bytes(body["template"]) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    successor = series_state.new(replace(draft.command, body=body), draft.now_text)
    recurrence = series_slots.parsed(successor)
    if isinstance(recurrence, Refused):
        return recurrence
    exceptions = _exceptions(draft, successor, recurrence, slot.nominal)
    body.update(exceptions)
    begun: SeriesState = {**successor, **exceptions}
    return NOTHING_LEFT if series_slots.first_slot(begun, recurrence, draft.now) is None else None


class _Exceptions(TypedDict, total=False):
    skipped: list[str]
    moved: dict[str, DueShape]


def _exceptions(draft: Draft, successor: SeriesState, recurrence: Recurrence, since: str) -> _Exceptions:
    """Returns what is skipped and moved from `since` on among the successor's slots; it skips what is done already."""
    state = draft.state
    done = [made["slot"] for made in series_state.unstarted(state) if draft.is_closed(made)]
    names = {*state["skipped"], *done, *state["moved"]}
    left = {name for name in names if name >= since and series_slots.named_slot(successor, recurrence, name)}
    skipped = left.intersection((*state["skipped"], *done))
    moved = {name: due for name, due in state["moved"].items() if name in left - skipped}
    exceptions: _Exceptions = {}
    if skipped:
        exceptions["skipped"] = sorted(skipped)
    if moved:
        exceptions["moved"] = moved
    return exceptions
