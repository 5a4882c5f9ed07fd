"""Commands about one slot of a series: a person skips or moves it, or its task reports what became of it."""

from datetime import datetime

from actors.clock import instant_text, parse_instant
from actors.due import instant_of
from actors.recurrence.expansion import Slot, number_of
from actors.replies import Decision, Refused
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.draft import Draft
from actors.series.refusals import IN_TRASH, PAUSED, SLOT_NOT_FOUND, SLOT_STARTED, TOO_MANY_MOVED, TOO_MANY_SKIPPED
from actors.series.slots import Numbered
from actors.series.state import SeriesState
from actors.shapes import MadeSlot


def skip(draft: Draft) -> Decision:
    """Leaves one slot out. It still counts for COUNT; after completion it counts as completed at its instant."""
    refusal = draft.ready("active")
    if refusal is not None:
        return refusal
    name = draft.command.body["slot"]
    made = _unstarted(draft, name)
    if made is None:
        return _skip_unmade(draft, name)
    if draft.has_started(made):
        return SLOT_STARTED
    if not _note_skipped(draft, name):
        return TOO_MANY_SKIPPED
    draft.record_slot("skipped", made)
    draft.withdraw([made])
    if made != draft.state["awaited"]:
        draft.state["ahead"] = [other for other in draft.state["ahead"] if other != made]
    elif draft.state["mode"] == "completion":
        _go_on(draft, made, parse_instant(made["at"]))
    else:
        draft.leave(made)
    draft.catch_up()
    return draft.decided()


def _skip_unmade(draft: Draft, name: str) -> Decision:
    slot = _slot_ahead(draft, name)
    if isinstance(slot, Refused):
        return slot
    if name not in draft.state["skipped"]:
        if not _note_skipped(draft, name):
            return TOO_MANY_SKIPPED
        draft.record_slot("skipped", _as_made(draft, slot))
        draft.catch_up()
    return draft.decided()


def _note_skipped(draft: Draft, name: str) -> bool:
    """Notes that the slot is skipped, and no longer moved; returns False when too many slots ahead are.

    Skipped slots that have passed are forgotten when there is no room for all.
    """
    skipped = [*draft.state["skipped"], name]
    if len(skipped) > series_state.MAX_SKIPPED:
        passed = draft.state["passed"] or ""
        skipped = [slot for slot in skipped if slot > passed]
    draft.state["skipped"] = sorted(skipped)
    draft.state["moved"] = {other: due for other, due in draft.state["moved"].items() if other != name}
    return len(skipped) <= series_state.MAX_SKIPPED


def move(draft: Draft) -> Decision:
    """Gives the task of one slot another due, now or when it is made. The slot keeps its name, order and time."""
    refusal = draft.ready("active", "paused")
    if refusal is not None:
        return refusal
    name, due = draft.command.body["slot"], draft.command.body["to"]
    made, moved = _unstarted(draft, name), {**draft.state["moved"], name: due}
    if made is not None and made["task_id"] in draft.state.get("trashed", ()) and draft.is_closed(made):
        return IN_TRASH
    if made is None and (started := _open(draft, name)) is not None:
        draft.record_slot("moved", started, due=due)
        return draft.decided()
    if made is None and (refusal := _unmovable(draft, name)) is not None:
        return refusal
    if len(moved) > series_state.MAX_MOVED:
        return TOO_MANY_MOVED
    if made is not None:
        draft.state["moved"] = moved
        draft.record_slot("moved", made, due=due)
    elif moved != draft.state["moved"]:
        draft.change("series.updated", moved=moved)
    return draft.decided()


def _unmovable(draft: Draft, name: str) -> Refused | None:
    """Returns why the slot of that name, which has no task, cannot be moved; None when it can."""
    if draft.state["status"] == "paused":
        return PAUSED
    slot = _slot_ahead(draft, name)
    if isinstance(slot, Refused):
        return slot
    return SLOT_NOT_FOUND if name in draft.state["skipped"] else None


def _open(draft: Draft, name: str) -> MadeSlot | None:
    return next((made for made in draft.state["open"] if made["slot"] == name), None)


def _unstarted(draft: Draft, name: str) -> MadeSlot | None:
    return next((made for made in series_state.unstarted(draft.state) if made["slot"] == name), None)


def _slot_ahead(draft: Draft, name: str) -> Slot | Refused:
    """Returns the slot of that name, whose task is still to be made. After completion no slot ahead is known."""
    slot = series_slots.named_slot(draft.state, draft.recurrence, name)
    started = any(made["slot"] == name for made in draft.state["open"])
    if started:
        return SLOT_STARTED
    if slot is None or draft.state["mode"] == "completion":
        return SLOT_NOT_FOUND
    return slot if name > series_state.awaited_of(draft.state)["slot"] else SLOT_STARTED


def _as_made(draft: Draft, slot: Slot) -> MadeSlot:
    number = number_of(draft.recurrence, slot)
    return series_slots.made_slot(draft.state, draft.recurrence, Numbered(slot, number))


def created(draft: Draft) -> Decision:
    """Records, once, that the task of a slot exists."""
    task_id = _task_id(draft)
    unreported = draft.state["unreported"]
    made = next((entry for entry in unreported if entry["task_id"] == task_id), None)
    if made is not None:
        draft.state["unreported"] = [entry for entry in unreported if entry is not made]
        draft.record_slot("instance-created", made)
    return draft.decided()


def completed(draft: Draft) -> Decision:
    """Closes a slot whose task was completed."""
    return _closed(draft, parse_instant(draft.command.body["completed_at"]))


def deleted(draft: Draft) -> Decision:
    """Closes a slot whose task was trashed; after completion it counts as completed now."""
    return _closed(draft, draft.now, in_trash=True)


def opened(draft: Draft) -> Decision:
    """Takes a task that is open again among the open ones, once its slot has started.

    A task that a pause had withdrawn is held until a resume: it stays the task of its slot if that still comes.
    """
    task_id, state = _task_id(draft), draft.state
    if task_id in state["closed"]:
        state["closed"] = [other for other in state["closed"] if other != task_id]
    elif state["status"] != "deleted" and not _is_known(state, task_id):
        made = _known_again(draft, task_id)
        if draft.has_started(made):
            _open_again(draft, made)
        elif state["status"] == "paused":
            _hold(draft, made, draft.now)
    return draft.decided()


def _is_known(state: SeriesState, task_id: str) -> bool:
    """Returns whether the series has the task among its made slots, or is about to withdraw it."""
    goes = any(entry["made"]["task_id"] == task_id and entry["fields"] is None for entry in state["backlog"])
    return goes or series_state.made(state, task_id) is not None


def _known_again(draft: Draft, task_id: str) -> MadeSlot:
    """Returns a made slot from its name alone; the number of one of an earlier generation is unknown: 0."""
    body, state = draft.command.body, draft.state
    slot, numbered = Slot(body["generation"], body["slot"]), state["mode"] == "schedule"
    numbered = numbered and series_slots.named_slot(state, draft.recurrence, slot.nominal) == slot
    return {
        "generation": slot.generation,
        "slot": slot.nominal,
        "number": number_of(draft.recurrence, slot) if numbered else 0,
        "at": instant_text(instant_of(datetime.fromisoformat(slot.nominal), draft.recurrence.zone)),
        "task_id": task_id,
    }


def _open_again(draft: Draft, made: MadeSlot) -> None:
    """Adds the task to the open ones, also where only the newest stays: a person has just opened it again."""
    state = draft.state
    state["open"] = sorted([*state["open"], made], key=_by_start)[-series_state.MAX_OPEN :]


def _hold(draft: Draft, made: MadeSlot, at: datetime) -> MadeSlot | None:
    """Holds a slot for a resume and returns it; None when its slot would not come or another task holds its place."""
    held = draft.state["ahead"]
    numbered = series_slots.resumed(draft.state, draft.recurrence, made["slot"], at)
    if numbered is None or len(held) >= series_state.MAX_AHEAD or any(other["slot"] == made["slot"] for other in held):
        return None
    made = {**made, "number": numbered.number}
    draft.state["ahead"] = sorted([*held, made], key=_by_start)
    return made


def _by_start(made: MadeSlot) -> tuple[str, str]:
    return made["at"], made["slot"]


def _closed(draft: Draft, when: datetime, *, in_trash: bool = False) -> Decision:
    """Closes a slot whose task is done or gone. It matters only while the series awaits it or counts it as open."""
    task_id, state = _task_id(draft), draft.state
    awaited = state["awaited"]
    if awaited is not None and awaited["task_id"] == task_id and state["mode"] == "completion":
        _go_on(draft, awaited, when)
    elif (last := next((made for made in state["open"] if made["task_id"] == task_id), None)) is not None:
        state["open"] = [made for made in state["open"] if made is not last]
        if state["status"] == "paused" and state["mode"] == "completion" and last["slot"][:10] == state["started_day"]:
            state["last_done"] = instant_text(when)
    elif state["status"] == "paused" and not in_trash:
        _done_in_pause(draft, task_id, when)
    elif series_state.made(state, task_id) is not None:
        _note_closed(state, task_id, in_trash=in_trash)
    return draft.decided()


def _done_in_pause(draft: Draft, task_id: str, when: datetime) -> None:
    """Counts a task as done in a pause, also an unknown one: it was done before the pause and is reported after."""
    state = draft.state
    made = series_state.made(state, task_id) or _hold(draft, _known_again(draft, task_id), when)
    if made is None:
        return
    if state["mode"] == "schedule":
        _note_closed(state, task_id, in_trash=False)
        return
    others = [held for held in state["ahead"] if held["task_id"] != task_id]
    state["ahead"] = []  # nothing is awaited until the resume
    draft.count_done(made, instant_text(when))
    state["ahead"] = others


def _note_closed(state: SeriesState, task_id: str, *, in_trash: bool) -> None:
    """Notes a task as closed before its slot has started."""
    if task_id not in state["closed"]:
        state["closed"] = [*state["closed"], task_id]
    trashed = {other for other in state.get("trashed", ()) if other in state["closed"] and other != task_id}
    if in_trash or trashed or "trashed" in state:
        state["trashed"] = sorted(trashed | {task_id} if in_trash else trashed)


def _go_on(draft: Draft, made: MadeSlot, when: datetime) -> None:
    """Awaits the slot that follows the completion of this one (after completion)."""
    draft.since = min(draft.now_text, instant_text(when))
    draft.count_done(made, instant_text(when))
    draft.await_slot(series_slots.slot_after_completion(draft.state, draft.recurrence, made, when))


def _task_id(draft: Draft) -> str:
    body = draft.command.body
    return series_state.slot_task_id(draft.state, body["generation"], body["slot"])
