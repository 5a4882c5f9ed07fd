"""The preview of a rule that is not saved yet: its sentence and its next dates, as creating it would make them. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final

from typing_extensions import TypedDict

from actors.clock import instant_text
from actors.recurrence.expansion import Policies, Recurrence, Slot, after_completion, following, slot_at
from actors.recurrence.parsing import parse
from actors.recurrence.sentence import sentence
from actors.replies import Refused
from actors.series.refusals import NOTHING_LEFT
from actors.series.slots import Beginning, first_slot
from actors.series.stored import Moment, is_shifted, when

# A series as it is created has all its slots ahead.
_WHOLE: Final[Beginning] = {"begins_after": None, "ends_before": None, "skipped": []}


class PreviewedSlot(Moment):
    """A date of a preview; `shifted` where the clocks of the zone leave that local time out."""

    shifted: bool


class Preview(TypedDict):
    """A rule as a sentence, and its next dates."""

    sentence: str
    occurrences: list[PreviewedSlot]


def preview(
    rule: str, start: Mapping[str, Any], zone: str, policies: Policies, *, count: int, now: datetime
) -> Preview | Refused:
    """Returns the sentence and the next `count` slots of a rule, or the refusal that creating it would meet."""
    recurrence = parse(rule, start, zone, policies)
    if isinstance(recurrence, Refused):
        return recurrence
    first = first_slot(_WHOLE, recurrence, now, from_start=True)
    if first is None:
        return NOTHING_LEFT
    ahead = islice(_from(recurrence, first), count)
    return {"sentence": sentence(recurrence), "occurrences": [_shown(recurrence, slot) for slot in ahead]}


def _from(recurrence: Recurrence, slot: Slot) -> Iterator[Slot]:
    """Yields the slots from that one on; after completion as they come if each is completed when it starts."""
    if recurrence.policies.mode == "schedule":
        return chain([slot], following(recurrence, slot))
    return _chain(recurrence, slot)


def _chain(recurrence: Recurrence, slot: Slot | None) -> Iterator[Slot]:
    made = 0
    while slot is not None:
        yield slot
        made += 1
        slot = after_completion(recurrence, slot, slot_at(recurrence, slot), made)


def _shown(recurrence: Recurrence, slot: Slot) -> PreviewedSlot:
    moment = when(slot.local, recurrence.zone)
    shifted = "local" in moment and is_shifted(slot.local, recurrence.zone)
    return {**moment, "at": instant_text(slot_at(recurrence, slot)), "shifted": shifted}
