"""The next dates of a rule that is not saved yet, as creating it would make them. Pure."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from actors.recurrence.expansion import Policies, Recurrence, Slot, after_completion, parse, slot_at, slots_since
from actors.recurrence.sentence import sentence
from actors.replies import Json, Refused
from actors.series.refusals import NOTHING_LEFT
from actors.series.slots import first_slot
from actors.series.stored import is_shifted, when

# A series as it is created has all its slots ahead.
_WHOLE: Final[Json] = {"begins_after": None, "ends_before": None, "skipped": []}


def preview(rule: str, start: Json, zone: str, policies: Policies, *, count: int, now: datetime) -> Json | Refused:
    """The sentence and the next `count` slots; refused as creating it would be."""
    recurrence = parse(rule, start, zone, policies)
    if isinstance(recurrence, Refused):
        return recurrence
    first = first_slot(_WHOLE, recurrence, now)
    if first is None:
        return NOTHING_LEFT
    ahead = islice(_from(recurrence, first), count)
    return {"sentence": sentence(recurrence), "occurrences": [_shown(recurrence, slot) for slot in ahead]}


def _from(recurrence: Recurrence, slot: Slot) -> Iterator[Slot]:
    """After completion: as they come if each is completed when it starts."""
    if recurrence.policies.mode == "schedule":
        return slots_since(recurrence, slot.day)
    return _chain(recurrence, slot)


def _chain(recurrence: Recurrence, slot: Slot | None) -> Iterator[Slot]:
    made = 0
    while slot is not None:
        yield slot
        made += 1
        slot = after_completion(recurrence, slot, slot_at(recurrence, slot), made)


def _shown(recurrence: Recurrence, slot: Slot) -> Json:
    shown = when(slot.nominal, recurrence.zone)
    return {**shown, "shifted": "local" in shown and is_shifted(slot.nominal, recurrence.zone)}
