"""What a change set did, in words and in counts. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

_MADE: Final = "made"
# What each type of entry counts as; the order of the values is that of the words.
COUNTED: Final[Mapping[str, str]] = {
    "task.created": _MADE,
    "series.created": _MADE,
    "task.moved": "moved",
    "recurrence.moved": "moved",
    "task.completed": "completed",
    "task.updated": "changed",
    "series.updated": "changed",
    "series.paused": "changed",
    "series.resumed": "changed",
    "series.stopped": "changed",
    "series.split": "changed",
    "recurrence.unskipped": "changed",
    "reminder.snoozed": "snoozed",
    "recurrence.skipped": "skipped",
    "task.reopened": "reopened",
    "task.restored": "restored",
    "task.deleted": "deleted",
    "series.deleted": "deleted",
    "task.purged": "deleted",
}
_VERBS: Final = {_MADE: "added"}

Thing = tuple[str, bool, int]  # type of entry, is of a series, number


def counts(things: Iterable[Thing]) -> dict[str, int]:
    """Returns how many things were made, changed, completed and deleted, and so on; all four of those are always there."""
    counted = Counter({"made": 0, "changed": 0, "completed": 0, "deleted": 0})
    for event_type, _, number in things:
        counted[COUNTED[event_type]] += number
    return dict(counted)


def title(things: Iterable[Thing], *, reverts: bool) -> str:
    """Returns one line such as "Moved 4 tasks, completed 2"."""
    numbers: dict[str, Counter[str]] = {}
    for event_type, is_series, number in things:
        numbers.setdefault(COUNTED[event_type], Counter())["series" if is_series else "task"] += number
    parts: list[str] = []
    said = ""
    for name in dict.fromkeys(COUNTED.values()):
        for noun, number in numbers.get(name, {}).items():
            parts.append(f"{_VERBS.get(name, name)} {_number(number, noun, said=said == noun)}")
            said = noun
    text = ", ".join(parts) or "nothing"
    return f"Took back: {text}" if reverts else text[:1].upper() + text[1:]


def _number(number: int, noun: str, *, said: bool) -> str:
    if said:
        return str(number)
    if noun == "series":
        return f"{number} series"
    return f"{number} task" if number == 1 else f"{number} tasks"


_MOST_TOLD: Final = 10


def outcome(value: Mapping[str, Any]) -> tuple[str, str]:
    """Returns what became of a set that was taken back: one line, and what stays, at most ten entries by name."""
    numbers, results = value["counts"], value["results"]
    whole = numbers["reverted"] + numbers["kept"]
    stays = [one for one in results if one["status"] != "reverted"]
    told = [_stays(one) for one in stays[:_MOST_TOLD]]
    more = [f"and {len(stays) - _MOST_TOLD} more"] if len(stays) > _MOST_TOLD else []
    return f"took back {whole} of {len(results)} changes", "; ".join([*told, *more])


def _stays(one: Mapping[str, Any]) -> str:
    name = f"“{one['title']}”" if one["title"] else one["type"]
    if one["kept"]:
        return f"{name} is deleted, but stays: {', '.join(task['slot'] or task['title'] for task in one['kept'][:5])}"
    if one["conflicts"]:
        fields = ", ".join(conflict["field"] for conflict in one["conflicts"])
        return f"{name}: {fields} was changed since"
    return f"{name}: {one['detail'] or 'there is nothing to take back'}"
