"""What a message asks for, before any task has been looked at. All of it is kept as JSON while a question is open."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from actors.replies import Json

IntentKind = Literal[
    "add", "list", "complete", "reopen", "move", "undate", "snooze", "prioritise", "tag", "untag", "repeat", "skip", "pause",
    "resume", "stop", "delete", "restore", "undo", "plan", "explain", "help", "thanks", "yes", "no", "pick", "none", "unknown",
]  # fmt: skip
Reference = Literal["", "it", "them", "both"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tasks of all: those of a time, a tag, a priority, with words in the title.

    `due` is overdue, today, tomorrow, this_week or none; `first` and `last` are days, of which one may be absent.
    """

    due: str = ""
    first: str = ""
    last: str = ""
    tags: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    status: str = "open"
    repeating: bool = False
    text: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether it lets all open tasks through."""
        return self == Filter()


@dataclass(frozen=True, slots=True)
class Target:
    """What a command is about: a name, the names in quotes, numbers of the last list, a pronoun or a filter."""

    name: str = ""
    quoted: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    reference: Reference = ""
    filter: Filter | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said of what is meant."""
        return self == Target()


@dataclass(frozen=True, slots=True)
class When:
    """A day, a local time, a time of day alone, or how much later: one of them."""

    date: str = ""
    local: str = ""
    clock: str = ""
    months: int = 0
    days: int = 0
    minutes: int = 0

    @property
    def is_shift(self) -> bool:
        """Whether it says how much later, and not when."""
        return bool(self.months or self.days or self.minutes)


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that is asked for. With `doubt` it was put as a question; `soft` is a verb that also begins titles."""

    kind: IntentKind
    target: Target = field(default_factory=Target)
    when: When | None = None
    line: str = ""  # what is added, or how something repeats
    value: str = ""  # a priority, the mode of a rule, a day to plan
    tags: tuple[str, ...] = ()
    counts: bool = False
    doubt: bool = False
    soft: bool = False

    def to_wire(self) -> Json:
        """Returns the intent as JSON."""
        return asdict(self)

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Intent":
        """Reads what `to_wire` made, also after a way through JSON."""
        kept = dict(wire)
        target, when = dict(kept.pop("target")), kept.pop("when")
        wanted = target.pop("filter")
        filtered = Filter(**_tupled(wanted)) if wanted else None
        return cls(
            target=Target(filter=filtered, **_tupled(target)), when=When(**when) if when else None, **_tupled(kept)
        )


def _tupled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
