"""Undo of an edit of a series: the old values come back, and with them what people did to the slots that they have."""

from typing import Any, Final

from actors.events import Changes
from actors.replies import Decision, Refused
from actors.series import state as series_state
from actors.series.coming import ready
from actors.series.edit import apply
from actors.series.life import pause, resume
from actors.series.refusals import DELETED_FOR_GOOD, IN_TRASH, SLOT_STARTED, UNDO_EXPIRED
from actors.series.single import moved_to, present_name
from actors.series.step import Step

_MISSING: Final = object()


def undo(step: Step) -> Decision:
    """Puts back what an entry of the activity changed, if all of it is still as that entry left it.

    Edits of the last 30 days, at most 100, can be undone.
    """
    changed: Changes = step.body["changed"]
    if changed.keys() == {"status"}:
        return _undo_status(step, changed)
    if changed.keys() == {"moved"}:
        return _undo_move(step, changed["moved"]["old"], changed["moved"]["new"])
    begun = ready(step, "active", "paused", "ended")
    if isinstance(begun, Refused):
        return begun
    noted = next((edit for edit in begun.series.get("edits", []) if edit["version"] == step.body["version"]), None)
    if noted is None:
        return UNDO_EXPIRED
    current: dict[str, Any] = series_state.flat(begun.state)
    if (conflict := _conflict(changed, current)) is not None:
        return conflict
    back: Changes = {name: {"old": change["new"], "new": change["old"]} for name, change in changed.items()}
    undone = apply(begun, back, last_done=noted.get("last_done"))
    return undone if isinstance(undone, Refused) else undone.decided()


def _conflict(changed: Changes, current: dict[str, Any]) -> Refused | None:
    conflicts = [
        {"field": name, "yours": change["new"], "theirs": current.get(name)}
        for name, change in changed.items()
        if current.get(name, _MISSING) != change["new"]
    ]
    if not conflicts:
        return None
    detail = "The series was changed again since, so this cannot be undone."
    return Refused("undo_conflict", detail, 409, {"conflicts": conflicts})


def _undo_status(step: Step, changed: Changes) -> Decision:
    """Takes a pause, a resume, a stop or a deletion of what is unwritten back."""
    conflict = _conflict(changed, {"status": step.status})
    if conflict is not None:
        return conflict
    if step.status == "deleted" and not step.series.get("restorable"):
        return DELETED_FOR_GOOD
    return pause(step) if changed["status"]["old"] == "paused" else resume(step)


def _undo_move(step: Step, old: dict[str, Any], new: dict[str, Any]) -> Decision:
    """Gives the task of the slot the due that it had before; without one, that of its slot."""
    begun = ready(step, "active", "paused")
    if isinstance(begun, Refused):
        return begun
    name = next((name for name in {**old, **new} if old.get(name) != new.get(name)), None)
    if name is None:
        return begun.decided()
    if name in new:
        present = present_name(begun, name, dict(begun.agenda.moved))
        if present is None and not any(made["slot"] == name for made in begun.agenda.open):
            return SLOT_STARTED
        if present is not None and begun.agenda.moved[present] != new[name]:
            return _conflict({"moved": {"old": old, "new": new}}, {"moved": dict(begun.agenda.moved)}) or IN_TRASH
        name = present or name
    return moved_to(begun, name, old.get(name))
