"""A split: the series ends before a slot, and another begins there with what people did to the slots from then on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from actors.commands import successor_id
from actors.events import Changes
from actors.recurrence.days import filled
from actors.recurrence.expansion import Recurrence, Slot, due_of, number_of, rank
from actors.replies import Decision, Json, Refused
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.coming import await_slot, catch_up, let_go, ready
from actors.series.edit import changes, conflict, wanted
from actors.series.refusals import NO_ROOM, NOTHING_LEFT, SLOT_NOT_FOUND, SLOT_STARTED, START_BEFORE_SLOT
from actors.series.state import SeriesState
from actors.series.step import Step
from actors.series.translation import becomes
from actors.shapes import MadeSlot


def split(step: Step) -> Decision:
    """Ends the series before a slot; another begins there, with what the command patches."""
    begun = ready(step, "active")
    if isinstance(begun, Refused):
        return begun
    slot = _slot(begun, begun.body["slot"])
    if isinstance(slot, Refused):
        return slot
    made = _made(begun, slot.nominal)
    number = number_of(begun.recurrence, slot) if made is None else made["number"]
    body = _successor(begun, slot, number - 1)
    problem = conflict(begun, changes(begun, begun.body.get("patch", {}))) or _problem(begun, slot, body)
    return problem or _ended_before(begun, slot.nominal, body).decided()


def _made(step: Step, name: str) -> MadeSlot | None:
    return next((made for made in step.agenda.unstarted if made["slot"] == name), None)


def _slot(step: Step, name: str) -> Slot | Refused:
    """Returns the slot of that name, which may not have started."""
    made = _made(step, name)
    if made is not None:
        return SLOT_STARTED if step.has_started(made) else Slot(made["generation"], name)
    slot = None if step.is_counted else series_slots.named_slot(step.state, step.recurrence, name)
    if slot is None:
        return SLOT_NOT_FOUND
    awaited = series_state.awaited_of(step.state)
    awaited_rank = rank(step.recurrence, Slot(awaited["generation"], awaited["slot"]))
    return SLOT_STARTED if rank(step.recurrence, slot) < awaited_rank else slot


def _ended_before(step: Step, name: str, body: Json) -> Step:
    """Ends the series before the slot, and hands over its tasks from there on; what the successor has no slot for is let go."""
    agenda = step.agenda
    change: Changes = {"ends_before": {"old": step.series["ends_before"], "new": name}}
    handed = {item["task_id"] for item in body.get("adopted", ())}
    step = step.record("series.split", change, successor={"id": body["id"], "body": body}).fields(ends_before=name)
    ahead = [made for made in agenda.unstarted if not _is_earlier(step, name, made["slot"])]
    step = let_go(step, [made for made in ahead if made["task_id"] not in handed])
    gone = [
        made for made in (*agenda.unstarted, *(entry["made"] for entry in agenda.shelf)) if made["task_id"] in handed
    ]
    left = step.agenda.without(gone)
    left = replace(
        left,
        ahead=left.unstarted[1:] if left.awaited is None else left.ahead,
        awaited=left.awaited or next(iter(left.ahead), None),
        unreported=tuple(made for made in left.unreported if made["task_id"] not in handed),
        backlog=tuple(entry for entry in left.backlog if entry["made"]["task_id"] not in handed),
        skipped=tuple(slot for slot in left.skipped if _is_earlier(step, name, slot)),
        moved={slot: due for slot, due in left.moved.items() if _is_earlier(step, name, slot)},
    )
    step = step.having(left)
    return catch_up(await_slot(step, None) if step.is_counted else step)


def _is_earlier(step: Step, limit: str, name: str) -> bool:
    """Returns whether the slot is before the one of the name `limit`."""
    return series_slots.is_later(step.recurrence, limit, name)


def _successor(step: Step, slot: Slot, before: int) -> Json:
    """Returns the body of the CreateSeries that makes the successor; `before` slots of COUNT are used up."""
    state, patched = step.state, step.body.get("patch", {})
    asked = {**series_state.flat(state), "start": due_of(step.recurrence, slot), **wanted(patched)}
    if asked["rule"] == state["rule"]:
        asked["rule"] = continued(state["rule"], step.recurrence, slot, before, asked)
    return {
        "id": successor_id(state["id"], step.command.id),
        "template": {name: asked[name] for name in series_state.BLANK},
        **{name: asked[name] for name in asked if name not in series_state.BLANK},
        "split_from": state["id"],
        "ends_before": state["ends_before"],
        "wanted_since": step.now_text,
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


def _problem(step: Step, slot: Slot, body: Json) -> Refused | None:
    """Returns why the CreateSeries `body` would be refused; adds what is done to slots from then on to it."""
    if _day_of(body["start"]) < slot.day:
        return START_BEFORE_SLOT
    if series_state.template_bytes(body["template"]) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    successor = series_state.new(replace(step.command, body=body), step.now_text)
    recurrence = series_slots.parsed(successor)
    if isinstance(recurrence, Refused):
        return recurrence
    body.update(_taken_over(step, recurrence, slot.nominal))
    over = [item["slot"] for item in body.get("adopted", ()) if item["state"] == "closed"]
    begun: SeriesState = {**successor, "skipped": [*body.get("skipped", ()), *over]}
    from_start = successor["mode"] == "completion"
    first = series_slots.first_slot(begun, recurrence, step.now, from_start=from_start)
    return NOTHING_LEFT if first is None else None


def _taken_over(step: Step, recurrence: Recurrence, since: str) -> Json:
    """Returns the members of the CreateSeries that say what people did to slots from `since` on: tasks, skips and moves."""
    agenda = step.agenda

    def named(names: Iterable[str]) -> dict[str, str]:
        later = (name for name in names if not _is_earlier(step, since, name))
        pairs = ((name, becomes(step.recurrence, recurrence, name)) for name in later)
        return {name: anew for name, anew in pairs if anew is not None}

    skipped, moved = named((*agenda.skipped, *agenda.lost_skips)), named((*agenda.lost_moves, *agenda.moved))
    dues = {**agenda.lost_moves, **agenda.moved}
    over: Json = {
        "skipped": sorted(set(skipped.values()))[: series_state.MAX_SKIPPED],
        "moved": {anew: dues[name] for name, anew in moved.items()},
        "adopted": _handed(step, named),
    }
    return {name: value for name, value in over.items() if value}


def _handed(step: Step, named: Any) -> list[Json]:
    """Returns the tasks that the successor takes up, by the slots that they are for there; of two for one slot the first."""
    agenda = step.agenda
    entries = [(made, "closed" if agenda.is_closed(made) else "held") for made in agenda.unstarted]
    entries += [(entry["made"], entry["state"]) for entry in agenda.shelf]
    names, handed = named(made["slot"] for made, _ in entries), dict[str, Json]()
    for made, state in entries:
        if made["slot"] in names and names[made["slot"]] not in handed:
            shelved = agenda.shelved(made["task_id"])
            trashed = made["task_id"] in agenda.trashed or (shelved is not None and shelved.get("trashed", False))
            handed[names[made["slot"]]] = {
                "slot": names[made["slot"]],
                "task_id": made["task_id"],
                "state": state,
                "written": agenda.is_written(made),
                "trashed": trashed,
            }
    return list(handed.values())
