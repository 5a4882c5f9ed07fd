"""The slot of a series whose id something else has: its task gets another id, and is made under that."""

from dataclasses import replace

from actors.commands import occurrence_id
from actors.replies import Decision
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.step import Step
from actors.shapes import MadeSlot


def taken_slot(step: Step) -> Decision:
    """Gives the task of a slot its next id, and has it made; does nothing for a slot that has gone or has another id.

    A slot on the shelf is forgotten: it gets a task when it comes. One whose task a person has deleted, and then purged,
    stays without.
    """
    agenda, old_id = step.agenda, step.body["task_id"]
    if (entry := agenda.shelved(old_id)) is not None:
        return step.having(agenda.without([entry["made"]])).decided()
    made = agenda.made(old_id)
    if made is None or (agenda.is_closed(made) and old_id in agenda.trashed):
        return step.decided()
    name = series_state.slot_name(step.state, made["slot"], made["number"])
    place = f"{made['generation']}/{name}"
    incarnation = agenda.incarnations.get(place, 0)
    if occurrence_id(step.series["id"], made["generation"], name, incarnation) == old_id:
        incarnation += 1
    if incarnation > series_state.MAX_INCARNATION:
        return step.decided()
    known = {**{other: n for other, n in agenda.incarnations.items() if other != place}, place: incarnation}
    known = dict(list(known.items())[-series_state.MAX_INCARNATIONS :])
    anew: MadeSlot = {**made, "task_id": occurrence_id(step.series["id"], made["generation"], name, incarnation)}
    backlog = tuple(entry for entry in agenda.backlog if entry["made"]["task_id"] != old_id)
    step = step.having(replace(agenda.replacing(old_id, anew), incarnations=known, backlog=backlog))
    since, asked = step.body["wanted_since"], step.body.get("asked", False)
    task = series_slots.task_body(step.state, step.recurrence, anew, since, asked=asked)
    return step.record_slot("triggered", anew, task=task).decided()
