"""Plans: what a writing tool is going to do, decided before anything is sent, so that it can be shown, asked and repeated."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, Self

from actors.replies import Json

MOST_STEPS: Final = 200
MOST_UNASKED: Final = 10  # changes that a tool makes without asking first

StepKind = Literal[
    "create_task", "create_series", "change_task", "repeat_task", "change_series", "edit_series", "split_series",
    "delete_series", "rename_tag", "revert",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one thing.

    `target` is the id of the task, series or change set, or the tag; empty for what is made. `command` is the name of
    the actor's command where the kind leaves it open. `version` is the one that the plan has seen, None if whichever is
    current will do. `title` is for people. With `asks`, the change is one that people are asked about first.
    """

    kind: StepKind
    target: str
    title: str
    command: str = ""
    body: Json = field(default_factory=dict)
    version: int | None = None
    asks: bool = False

    def to_wire(self) -> Json:
        """Returns the step as JSON; `Step(**wire)` reads it again."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several things that a name fits."""

    id: str
    title: str
    due: Json | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """An item that a plan has no step for: what it names does not exist, or is one of several `candidates`.

    `item` is its place in the call, from 0; `code` and `detail` are those of a problem.
    """

    item: int
    code: str
    detail: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a call in the order of its items, and the items that have none."""

    steps: tuple[Step, ...] = ()
    unfit: tuple[Unfit, ...] = ()
    advice: tuple[str, ...] = ()  # what the caller may want to do next, in whole sentences

    @property
    def asks(self) -> bool:
        """Returns whether people are asked before this is done: a delete, or a change of more than ten things."""
        return len(self.steps) > MOST_UNASKED or any(step.asks for step in self.steps)

    def to_json(self) -> Json:
        """Returns the whole plan as JSON; `from_json` reads it again."""
        return {
            "steps": [step.to_wire() for step in self.steps],
            "unfit": [asdict(item) for item in self.unfit],
            "advice": [*self.advice],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Reads what `to_json` made."""
        steps = tuple(Step(**step) for step in kept["steps"])
        return cls(steps, tuple(_unfit(item) for item in kept["unfit"]), tuple(kept["advice"]))


def _unfit(kept: Mapping[str, Any]) -> Unfit:
    candidates = tuple(Candidate(**candidate) for candidate in kept["candidates"])
    return Unfit(kept["item"], kept["code"], kept["detail"], candidates)
