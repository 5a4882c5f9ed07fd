"""Commands about one slot of a series: a person skips it, takes the skip back, or moves it."""

from actors.clock import parse_instant
from actors.events import Changes
from actors.recurrence.expansion import Slot, due_of, number_of, rank
from actors.replies import Decision, Refused
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.agenda import Agenda
from actors.series.coming import catch_up, leave, ready
from actors.series.refusals import IN_TRASH, PAUSED, SLOT_NOT_FOUND, SLOT_STARTED, TOO_MANY_MOVED, TOO_MANY_SKIPPED
from actors.series.renewal import reflow
from actors.series.reports import go_back, go_on
from actors.series.slots import Numbered
from actors.series.state import Shelved
from actors.series.step import Step
from actors.series.translation import becomes
from actors.shapes import DueShape, MadeSlot


def skip(step: Step) -> Decision:
    """Leaves one slot out. It still counts for COUNT; after completion it counts as completed at its instant."""
    begun = ready(step, "active")
    if isinstance(begun, Refused):
        return begun
    name = begun.body["slot"]
    made = _named(begun.agenda.unstarted, name)
    skipped = _skipped_unmade(begun, name) if made is None else _skipped_made(begun, made)
    return skipped if isinstance(skipped, Refused) else catch_up(skipped).decided()


def _skipped_unmade(step: Step, name: str) -> Step | Refused:
    if name in step.agenda.skipped:
        return step
    slot = _slot_ahead(step, name)
    noted = slot if isinstance(slot, Refused) else _noting_skipped(step, name)
    if isinstance(slot, Refused) or isinstance(noted, Refused):
        return noted
    return noted.record_slot("skipped", _as_made(noted, slot))


def _skipped_made(step: Step, made: MadeSlot) -> Step | Refused:
    noted = SLOT_STARTED if step.has_started(made) else _noting_skipped(step, made["slot"])
    return noted if isinstance(noted, Refused) else _without(noted.record_slot("skipped", made), made)


def _without(step: Step, made: MadeSlot) -> Step:
    """Withdraws the task of a slot that is skipped, and goes on without it."""
    awaited, entry = step.agenda.awaited, Shelved(made=made, state="skipped")
    if step.is_counted:
        entry["counted"] = True
    if step.agenda.is_closed(made):
        entry["state"] = "closed"
    if made != awaited:
        step = step.having(step.agenda.without([made]))
    elif step.is_counted:
        step = go_on(step, made, parse_instant(made["at"]))
    else:
        step = leave(step, made)
    agenda = step.agenda.without([made])
    if entry["state"] != "closed":
        agenda = agenda.withdrawing([made], asked=True)
    return step.having(agenda.shelving([entry]))


def _noting_skipped(step: Step, name: str) -> Step | Refused:
    """Notes that the slot is skipped, and no longer moved; refuses when too many slots ahead are.

    Skipped slots that have passed are forgotten when there is no room for all.
    """
    agenda = step.agenda
    skipped = [*agenda.skipped, name]
    if len(skipped) > series_state.MAX_SKIPPED and agenda.passed is not None:
        skipped = [slot for slot in skipped if series_slots.is_later(step.recurrence, slot, agenda.passed)]
    if len(skipped) > series_state.MAX_SKIPPED:
        return TOO_MANY_SKIPPED
    moved = {other: due for other, due in agenda.moved.items() if other != name}
    ordered = sorted(skipped, key=lambda slot: rank(step.recurrence, Slot(0, slot)))
    return step.lists(skipped=tuple(ordered), moved=moved)


def unskip(step: Step) -> Decision:
    """Takes a skip back: the slot comes again, with the task that it had.

    One whose time has come meanwhile is open, late; if it never had a task it is refused.
    """
    begun = ready(step, "active", "paused", "ended")
    if isinstance(begun, Refused):
        return begun
    name = present_name(begun, begun.body["slot"], begun.agenda.skipped)
    if name is None:
        return SLOT_NOT_FOUND
    left = tuple(slot for slot in begun.agenda.skipped if slot != name)
    entry = next((one for one in begun.agenda.shelf if one["made"]["slot"] == name), None)
    if begun.is_counted:
        return _back_to(begun.lists(skipped=left), entry)
    made = _as_made(begun, Slot(begun.series["generation"], name)) if entry is None else entry["made"]
    if begun.has_started(made) and entry is None:
        return SLOT_STARTED
    begun = begun.lists(skipped=left).record_slot("unskipped", made)
    if entry is not None:
        begun = _off_the_shelf(begun, entry)
    return catch_up(_again(begun)).decided()


def _off_the_shelf(step: Step, entry: Shelved) -> Step:
    """Has the task of a skipped slot come again: at its time, or now as an open one if that has come."""
    made, state = entry["made"], entry["state"]
    if not step.has_started(made):
        state = "withdrawn" if state == "skipped" else state
        return step.having(step.agenda.shelving([{**entry, "state": state}]))
    agenda = step.agenda.without([made]).telling(made, series_state.BLANK, taken_up=True, restored=True)
    return step.having(agenda.opening(made) if state != "closed" else agenda)


def _again(step: Step) -> Step:
    """Awaits the slots from now on once more; a series that had ended goes on."""
    if step.status == "active":
        return reflow(step)
    if step.status == "paused":
        return step
    step = reflow(step)
    since, passed = parse_instant(step.since), step.agenda.passed_number
    if series_slots.first_numbered(step.state, step.recurrence, since, passed) is None:
        return step
    return step.change("series.resumed", status="active")


def _back_to(step: Step, entry: Shelved | None) -> Decision:
    """After completion: awaits the skipped slot again, if nothing was done since."""
    if entry is None or not step.agenda.is_last(entry["made"]):
        return SLOT_STARTED
    made = entry["made"]
    step = step.record_slot("unskipped", made)
    step = step.having(step.agenda.without([made]).telling(made, series_state.BLANK, taken_up=True, restored=True))
    return catch_up(go_back(step, made)).decided()


def present_name(step: Step, name: str, names: object) -> str | None:
    """Returns the name that a slot has by now among `names`; None where it is not one of them any more."""
    known = names if isinstance(names, dict | tuple) else ()
    if name in known:
        return name
    anew = becomes(None, step.recurrence, name)
    return anew if anew in known else None


def move(step: Step) -> Decision:
    """Gives the task of one slot another due, now or when it is made. The slot keeps its name, order and time."""
    begun = ready(step, "active", "paused")
    if isinstance(begun, Refused):
        return begun
    return moved_to(begun, begun.body["slot"], begun.body["to"])


def moved_to(step: Step, name: str, due: DueShape | None) -> Decision:
    """Gives the task of one slot a due; None: that of its slot."""
    made, started = _unstarted(step, name), _named(step.agenda.open, name)
    if made is None and started is not None:
        return _recorded(step, started, due).decided()
    refusal = _unmovable(step, name) if made is None else _trashed(step.agenda, made)
    if refusal is not None:
        return refusal
    others = {other: at for other, at in step.agenda.moved.items() if other != name}
    moved = others if due is None else {**others, name: due}
    if len(moved) > series_state.MAX_MOVED:
        return TOO_MANY_MOVED
    if made is not None:
        return _recorded(step, made, due).lists(moved=moved).decided()
    return _moved_unmade(step, moved).decided()


def _moved_unmade(step: Step, moved: dict[str, DueShape]) -> Step:
    before = dict(step.agenda.moved)
    if moved == before:
        return step
    return step.lists(moved=moved).record("series.updated", {"moved": {"old": before, "new": moved}})


def _recorded(step: Step, made: MadeSlot, due: DueShape | None) -> Step:
    """Records that the task of a slot gets another due, with the due that a person had given it before."""
    name, own = made["slot"], due_of(step.recurrence, Slot(made["generation"], made["slot"]))
    known = step.agenda.moved.get(name)
    change: Changes = {"moved": {"old": {name: known} if known else {}, "new": {name: due} if due else {}}}
    return step.having(step.agenda.writing(made["task_id"])).record_slot("moved", made, change, due=due or own)


def _trashed(agenda: Agenda, made: MadeSlot) -> Refused | None:
    """Returns the refusal for a slot whose task a person has put into the trash."""
    entry = agenda.shelved(made["task_id"])
    shelved = entry is not None and entry["state"] == "closed" and entry.get("trashed", False)
    ahead = agenda.is_closed(made) and made["task_id"] in agenda.trashed
    return IN_TRASH if shelved or ahead else None


def _unmovable(step: Step, name: str) -> Refused | None:
    """Returns why the slot of that name, which has no task, cannot be moved; None when it can."""
    if step.status == "paused":
        return PAUSED
    slot = _slot_ahead(step, name)
    if isinstance(slot, Refused):
        return slot
    return SLOT_NOT_FOUND if name in step.agenda.skipped else None


def _unstarted(step: Step, name: str) -> MadeSlot | None:
    """Returns the made slot of that name; during a pause one whose task is open or was done."""
    shelf = [entry["made"] for entry in step.agenda.shelf if entry["state"] in {"kept", "closed"}]
    return _named((*step.agenda.unstarted, *shelf), name)


def _named(entries: tuple[MadeSlot, ...], name: str) -> MadeSlot | None:
    return next((made for made in entries if made["slot"] == name), None)


def _slot_ahead(step: Step, name: str) -> Slot | Refused:
    """Returns the slot of that name, whose task is still to be made. After completion no slot ahead is known."""
    slot = series_slots.named_slot(step.state, step.recurrence, name)
    if _named(step.agenda.open, name) is not None:
        return SLOT_STARTED
    if slot is None or step.is_counted:
        return SLOT_NOT_FOUND
    awaited = series_state.awaited_of(step.state)
    return slot if series_slots.is_later(step.recurrence, name, awaited["slot"]) else SLOT_STARTED


def _as_made(step: Step, slot: Slot) -> MadeSlot:
    number = number_of(step.recurrence, slot)
    return series_slots.made_slot(step.state, step.recurrence, Numbered(slot, number))
