"""What a step does, in words. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from actors.replies import Json
from web.tools.plan import Step
from web.tools.words import due_words


def did(step: Step) -> str:
    """Returns what the step does, as `completed` or `changed title and priority`."""
    words = _BY_COMMAND.get(step.command) or _BY_KIND.get(step.kind) or _changed
    return words(step.body)


def joined(names: Sequence[str]) -> str:
    """Returns names as `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _changed(body: Json) -> str:
    template: Json = body.get("template") or {}
    names = [name.replace("_", " ") for name in [*body, *template] if name != "template"]
    return f"changed {joined(names)}"


def _snoozed(body: Json) -> str:
    if body.get("minutes"):
        return f"snoozed for {body['minutes']} min"
    return f"snoozed until {body['until']}" if body.get("until") else f"snoozed until tomorrow {body['tomorrow_at']}"


def _just(words: str) -> Callable[[Json], str]:
    return lambda _: words


_BY_COMMAND: Final[Mapping[str, Callable[[Json], str]]] = {
    "CompleteTask": _just("completed"),
    "ReopenTask": _just("reopened"),
    "DeleteTask": _just("moved to the trash"),
    "RestoreTask": _just("restored from the trash"),
    "MoveDue": lambda body: f"moved to {due_words(body['due'])}" if body["due"] else "took its due away",
    "SnoozeReminder": _snoozed,
    "PauseSeries": _just("paused"),
    "ResumeSeries": _just("resumed"),
    "StopSeries": _just("stopped"),
    "SkipSlot": lambda body: f"skipped {body['slot']}",
    "UnskipSlot": lambda body: f"took the skip of {body['slot']} back",
    "MoveSlot": lambda body: f"moved {body['slot']} to {due_words(body['to'])}",
}
_BY_KIND: Final[Mapping[str, Callable[[Json], str]]] = {
    "create_task": _just("added"),
    "create_series": _just("added a series"),
    "repeat_task": lambda body: f"repeats by {body['recurrence']['rule']}",
    "split_series": lambda body: f"{_changed(body['patch'])} from {body['slot']} on",
    "delete_series": _just("deleted the series"),
    "revert": _just("took it back"),
    "rename_tag": lambda body: f"renamed to {body['to']}",
}
