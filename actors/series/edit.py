"""How a series is edited: all of it from now on, or from one slot on as a series of its own."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from actors.clock import instant_text
from actors.commands import successor_id
from actors.recurrence.days import filled
from actors.recurrence.expansion import Recurrence, Slot, number_of, slot_at
from actors.replies import Decision, Json, Refused
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.draft import Draft
from actors.series.refusals import NO_ROOM, NOTHING_LEFT, SLOT_NOT_FOUND, SLOT_STARTED, START_BEFORE_SLOT

# What makes a new generation: slots, and so tasks, with other names.
RENEWING = frozenset({"rule", "start", "mode", "month_end"})


def patch(draft: Draft) -> Decision:
    """Another rule, start, mode or policy for month ends renews what is ahead; a new template reaches what is open."""
    refusal = draft.ready("active", "paused")
    if refusal is not None:
        return refusal
    changed = _changes(draft, draft.command.body)
    if not changed:
        return draft.decided()
    values = {name: change["new"] for name, change in changed.items()}
    return _conflict(draft, changed) or _apply(draft, values, changed) or draft.decided()


def _changes(draft: Draft, patched: Json) -> Json:
    now_is = series_state.flat(draft.state)
    return {
        name: {"old": now_is[name], "new": value} for name, value in _wanted(patched).items() if now_is[name] != value
    }


def _wanted(patched: Json) -> dict[str, Any]:
    """What is to be, flat; null clears a field of the template."""
    template = {
        name: series_state.BLANK[name] if value is None else value
        for name, value in patched.get("template", {}).items()
    }
    return {**template, **{name: value for name, value in patched.items() if name != "template"}}


def _conflict(draft: Draft, changed: Json) -> Refused | None:
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


def _apply(draft: Draft, values: Json, changed: Json) -> Refused | None:
    template = {**draft.state["template"], **{name: values[name] for name in values if name in series_state.BLANK}}
    if series_state.template_bytes(template) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    rest = {name: value for name, value in values.items() if name not in series_state.BLANK}
    if "start" in rest:
        rest["zone"] = draft.command.zone
    problem = series_slots.parsed({**draft.state, **rest})
    if isinstance(problem, Refused):
        return problem
    versions = {**draft.state["field_versions"], **dict.fromkeys(values, draft.before["version"] + 1)}
    draft.state |= {**rest, "template": template, "field_versions": versions}
    draft.tell("series.updated", changed)
    if "start" in values or "mode" in values:
        draft.state.pop("last_done", None)
    if not RENEWING.isdisjoint(values):
        renew(draft)
        if draft.state["awaited"] is None and _first(draft) is None:
            return NOTHING_LEFT
    names = {name for name in values if name in series_state.BLANK}
    if names:
        draft.retemplate(names)
    draft.catch_up()
    return None


def _first(draft: Draft) -> series_slots.Numbered | None:
    return series_slots.first_numbered(draft.state, draft.recurrence, draft.now, draft.state["passed_number"])


def renew(draft: Draft) -> None:
    """A new generation, for what has not started; none of its slots is on a day on which one has started before.

    What was said of a slot ahead holds where there is one of that name again, and a task of it that is made stays. After
    completion the one open task, once its time has come, is still the one that is waited for.
    """
    awaited, zone = draft.state["awaited"], draft.recurrence.zone
    waits = awaited is not None and draft.state["mode"] == "completion" and draft.has_started(awaited)
    entries = [] if waits else draft.set_aside()
    state = draft.state
    draft.state |= {
        "generation": state["generation"] + 1,
        "begins_after": series_slots.last_day(state),
        "passed": None,
    }
    draft.recurrence = series_slots.recurrence_of(draft.state)
    _keep_said(draft)
    staying = [made for made in entries if draft.is_closed(made) or zone == draft.recurrence.zone]
    if draft.state["mode"] == "schedule":
        staying = [made for made in staying if series_slots.named_slot(draft.state, draft.recurrence, made["slot"])]
    draft.hold(entries, staying)


def _keep_said(draft: Draft) -> None:
    """Which slots are skipped, and which are moved, of those that are slots still; after completion nobody knows."""
    if draft.state["mode"] == "completion":
        return
    skipped, moved = draft.state["skipped"], draft.state["moved"]
    left = {name for name in (*skipped, *moved) if series_slots.named_slot(draft.state, draft.recurrence, name)}
    draft.state |= {
        "skipped": [name for name in skipped if name in left],
        "moved": {name: due for name, due in moved.items() if name in left},
    }


def rezone(draft: Draft) -> Decision:
    """The user moved; only a start without a time moves along. Its days keep their names, and so their tasks."""
    zone = draft.command.body["zone"]
    refusal = draft.ready("active", "paused")
    if refusal is not None:
        return refusal
    if "date" in draft.state["start"] and draft.state["zone"] != zone:
        draft.change("series.updated", zone=zone)
        draft.recurrence = series_slots.recurrence_of(draft.state)
        _recount_unstarted(draft)
        draft.state["open"] = [_counted(draft.recurrence, made) for made in draft.state["open"]]
        draft.catch_up()
    return draft.decided()


def recount(draft: Draft) -> Decision:
    """The rules of the zones have changed: what has not started yet may start at another instant, under its name."""
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


def _counted(recurrence: Recurrence, made: Json) -> Json:
    """One with a time, of a rule of before, stays where it was when the rule is one of days."""
    if recurrence.clock is None and "T" in made["slot"]:
        return made
    return {**made, "at": instant_text(slot_at(recurrence, Slot(made["generation"], made["slot"])))}


def split(draft: Draft) -> Decision:
    """The series ends before a slot, and another begins there with what is patched."""
    refusal = draft.ready("active")
    if refusal is not None:
        return refusal
    state, name = draft.state, draft.command.body["slot"]
    made = next((one for one in series_state.unstarted(state) if one["slot"] == name), None)
    slot = series_slots.named_slot(state, draft.recurrence, name) if made is None else Slot(made["generation"], name)
    if slot is None or (made is None and state["mode"] == "completion"):
        return SLOT_NOT_FOUND
    if name < state["awaited"]["slot"] or (made is not None and draft.has_started(made)):
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
    draft.tell(
        "series.split",
        {"ends_before": {"old": state["ends_before"], "new": name}},
        successor={"id": body["id"], "body": body},
    )
    draft.state |= {
        "ends_before": name,
        "awaited": kept[0] if kept else None,
        "ahead": kept[1:],
        "skipped": [slot for slot in state["skipped"] if slot < name],
        "moved": {slot: due for slot, due in state["moved"].items() if slot < name},
    }
    if draft.state["mode"] == "completion":
        draft.await_slot(None)
    draft.catch_up()


def _successor(draft: Draft, slot: Slot, before: int) -> Json:
    """The body of the CreateSeries; `before` slots of COUNT are used up."""
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


def continued(text: str, recurrence: Recurrence, slot: Slot, before: int, wanted: Json) -> str:
    """The rule for a series that starts at a later slot: COUNT is what is left, and the day is said.

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


def _day_of(start: Json) -> date:
    return date.fromisoformat((start.get("local") or start["date"])[:10])


def _begun(draft: Draft, slot: Slot, body: Json) -> Refused | None:
    """Why its CreateSeries cannot begin the successor; into the body comes what was said of its slots."""
    if _day_of(body["start"]) < slot.day:
        return START_BEFORE_SLOT
    if series_state.template_bytes(body["template"]) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    successor = series_state.new(replace(draft.command, body=body), draft.now_text)
    recurrence = series_slots.parsed(successor)
    if isinstance(recurrence, Refused):
        return recurrence
    said = _said(draft, successor, recurrence, slot.nominal)
    body |= said
    return NOTHING_LEFT if series_slots.first_slot(successor | said, recurrence, draft.now) is None else None


def _said(draft: Draft, successor: Json, recurrence: Recurrence, since: str) -> Json:
    """What was said of slots from `since` on that the successor has too; one that is done already it leaves out."""
    state = draft.state
    done = [made["slot"] for made in series_state.unstarted(state) if draft.is_closed(made)]
    names = {*state["skipped"], *done, *state["moved"]}
    left = {name for name in names if name >= since and series_slots.named_slot(successor, recurrence, name)}
    skipped = left.intersection((*state["skipped"], *done))
    moved = {name: due for name, due in state["moved"].items() if name in left - skipped}
    return ({"skipped": sorted(skipped)} if skipped else {}) | ({"moved": moved} if moved else {})
