"""The slot of a series whose id something else has: its task gets another id, and is made under that."""

from actors.replies import Decision
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.draft import Draft
from actors.shapes import MadeSlot


def taken_slot(draft: Draft) -> Decision:
    """Gives the task of a slot its next id, and has it made; does nothing for a slot that has gone or has another id."""
    body, state = draft.command.body, draft.state
    name = f"{body['generation']}/{body['slot']}"
    incarnations = dict(state.get("incarnations", {}))
    made = series_state.made(state, body["task_id"])
    if made is None or incarnations.get(name, 0) >= series_state.MAX_INCARNATION:
        return draft.decided()
    incarnations[name] = incarnations.pop(name, 0) + 1
    state["incarnations"] = dict(list(incarnations.items())[-series_state.MAX_INCARNATIONS :])
    anew: MadeSlot = {**made, "task_id": series_state.slot_task_id(state, made["generation"], made["slot"])}
    _replace(draft, made["task_id"], anew)
    task = series_slots.task_body(state, draft.recurrence, anew, body["wanted_since"])
    draft.record_slot("triggered", anew, task=task)
    return draft.decided()


def _replace(draft: Draft, old: str, anew: MadeSlot) -> None:
    """Puts the slot in place of the one that had the id `old`; what waits for that task comes with the new one."""

    def now(entries: list[MadeSlot]) -> list[MadeSlot]:
        return [anew if made["task_id"] == old else made for made in entries]

    state = draft.state
    awaited = state["awaited"]
    state["awaited"] = anew if awaited is not None and awaited["task_id"] == old else awaited
    state["ahead"], state["open"] = now(state["ahead"]), now(state["open"])
    state["unreported"] = now(state["unreported"])
    state["backlog"] = [entry for entry in state["backlog"] if entry["made"]["task_id"] != old]
