"""Which slot of a new rule each slot of the old one becomes, so that what people did to it stays. Pure.

A slot keeps its day: an edit of time, zone or all-day leaves that alone. Where a day may have several, it keeps day and
time. After completion it keeps its number, and the series has that one slot alone (see `edit`).
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Literal, TypeAlias

from actors.recurrence.expansion import Recurrence, Slot, has_many_a_day, slot_named, slots_of_day

# A rule with days at most one slot a day without a time, or with one; several slots a day; one after the completion of
# the one before.
Kind: TypeAlias = Literal["days", "times", "many", "counted"]


def becomes(old: Recurrence | None, new: Recurrence, name: str) -> str | None:
    """Returns the name of the slot of `new` that the slot `name` becomes; None where it has no such slot.

    `old` is the recurrence that has the slot; None for one of an earlier rule.
    """
    return TABLE[_kind(old, name), _kind_of(new)](old, new, name)


def comes_again(old: Recurrence, new: Recurrence, name: str) -> str | None:
    """Returns the name that a slot remembered from an earlier rule has under `new`; None where it has no such slot.

    Where `old` has other slots on that day it is not the slot of the day, and comes again only at its own time.
    """
    if slot_named(old, name) is not None:
        return becomes(old, new, name)
    anew = becomes(None, new, name)
    apart = "schedule" == old.policies.mode == new.policies.mode and bool(_slots(old, name))
    return anew if anew == name or not apart else None


def _kind(old: Recurrence | None, name: str) -> Kind:
    if old is not None:
        return _kind_of(old)
    return "times" if "T" in name else "days"


def _kind_of(recurrence: Recurrence) -> Kind:
    if recurrence.policies.mode == "completion":
        return "counted"
    if has_many_a_day(recurrence):
        return "many"
    return "days" if recurrence.clock is None else "times"


def _slots(recurrence: Recurrence, name: str) -> list[Slot]:
    return slots_of_day(recurrence, date.fromisoformat(name[:10]))


def _of_day(_old: Recurrence | None, new: Recurrence, name: str) -> str | None:
    """Returns the slot of that day."""
    return next((slot.nominal for slot in _slots(new, name)), None)


def _of_time(_old: Recurrence | None, new: Recurrence, name: str) -> str | None:
    """Returns the slot of that day and time, or else the first of the day."""
    named = [slot.nominal for slot in _slots(new, name)]
    return name if name in named else next(iter(named), None)


def _of_old_time(old: Recurrence | None, new: Recurrence, name: str) -> str | None:
    """Returns the slot of that day and time if the day's time is one of the old ones, else the slot of the day."""
    named = _of_day(old, new, name)
    before = [slot.nominal for slot in _slots(old, name)] if old is not None else []
    return None if named in before and named != name else named


def _of_place(old: Recurrence | None, new: Recurrence, name: str) -> str | None:
    """Returns the slot of that day and time; where all times of the day are others, the one in the same place."""
    named = [slot.nominal for slot in _slots(new, name)]
    if name in named or old is None:
        return name if name in named else None
    before = [slot.nominal for slot in _slots(old, name)]
    if name not in before or len(before) != len(named) or not set(before).isdisjoint(named):
        return None
    return named[before.index(name)]


def _any_day(_old: Recurrence | None, new: Recurrence, name: str) -> str:
    """Returns the name of that day: after completion a slot may come on any."""
    if new.clock is None:
        return name[:10]
    return f"{name[:10]}T{new.clock.isoformat('seconds' if new.clock.second else 'minutes')}"


# The slot that one of the first kind of rule becomes under one of the second.
TABLE: Final[Mapping[tuple[Kind, Kind], Callable[[Recurrence | None, Recurrence, str], str | None]]] = {
    ("days", "days"): _of_day,
    ("days", "times"): _of_day,
    ("days", "many"): _of_day,
    ("days", "counted"): _any_day,
    ("times", "days"): _of_day,
    ("times", "times"): _of_day,
    ("times", "many"): _of_time,
    ("times", "counted"): _any_day,
    ("many", "days"): _of_day,
    ("many", "times"): _of_old_time,
    ("many", "many"): _of_place,
    ("many", "counted"): _any_day,
    ("counted", "days"): _of_day,
    ("counted", "times"): _of_day,
    ("counted", "many"): _of_time,
    ("counted", "counted"): _any_day,
}
