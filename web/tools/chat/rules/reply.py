"""What an answer of the chat is made from, and what it consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from actors.replies import Json

MOST_LISTED: Final = 50
MOST_CHANGES: Final = 50

# list: an answer out of the tasks · done: something was changed · ask: which one? really? · help · nothing: a word back.
Kind = Literal["list", "done", "ask", "help", "nothing"]


class Tools(Protocol):
    """The catalogue, in the name of the person who speaks."""

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Json:
        """Returns the tool's output as JSON; raises ProblemError where the whole call is refused."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer depends on besides the message: the person's language and zone, and the instant."""

    language: str
    zone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class State:
    """What a conversation remembers from one message to the next.

    `listed` are the ids of the last list or question in the order of its numbers, `touched` those of the last change,
    `asked` is the open question, `changes` are the change sets of the conversation that are not taken back, the last one
    at the end.
    """

    listed: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    asked: Json | None = None
    changes: tuple[str, ...] = ()

    def to_wire(self) -> Json:
        """Returns the state as JSON of bounded size."""
        return {
            "listed": list(self.listed[:MOST_LISTED]),
            "touched": list(self.touched[:MOST_LISTED]),
            "asked": self.asked,
            "changes": list(self.changes[-MOST_CHANGES:]),
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any] | None) -> "State":
        """Reads what `to_wire` made; of a conversation that begins there is none."""
        kept = wire or {}
        lists = (tuple(kept.get(name, ())) for name in ("listed", "touched", "changes"))
        listed, touched, changes = lists
        return cls(listed, touched, kept.get("asked"), changes)

    def forgetting(self) -> "State":
        """Returns the state without its question."""
        return replace(self, asked=None)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its words, of which kind it is, the tasks to be shown as cards, and what to remember."""

    text: str
    kind: Kind
    tasks: tuple[str, ...] = ()
    state: State = field(default_factory=State)
