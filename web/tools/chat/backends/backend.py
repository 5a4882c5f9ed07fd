"""What a back end is given, what it may do and what it answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from actors.replies import Json

MOST_ANSWERS: Final = 12  # of a model, in one run
MOST_CALLS: Final = 50  # in one run
MOST_TOKENS: Final = 100_000  # in one run

Kind = Literal["list", "done", "ask", "help", "nothing"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and what its answer depends on; the same in each process that leads the run.

    `history` are the messages before it, oldest first, as the conversation keeps them; `memory` is what the last answer
    left. `now` is the instant of the message. `confirmed`: the person says yes to what was asked.
    `user_id` is the person's, `uses_model` whether the person lets a model answer.
    """

    message: str
    history: Sequence[Json]
    memory: Json
    language: str
    zone: str
    now: datetime
    confirmed: bool = False
    user_id: str = ""
    uses_model: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a model wants; `id` is its own name for it. `unreadable`: its arguments are no JSON object."""

    id: str
    name: str
    arguments: Json
    unreadable: bool = False

    def to_wire(self) -> Json:
        """Returns the call as JSON; `Call(**wire)` reads it again."""
        return {"id": self.id, "name": self.name, "arguments": self.arguments, "unreadable": self.unreadable}


Failure = Literal["busy", "down", "slow", "refused", "cut", "confused", "setup", "off", "spent"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered at once: a text, or calls with or without one; or why there is no answer, in `failed`.

    `tokens` are those that it cost.
    """

    text: str
    calls: tuple[Call, ...] = ()
    tokens: int = 0
    failed: Failure | None = None

    def to_wire(self) -> Json:
        """Returns the answer as JSON."""
        calls = [call.to_wire() for call in self.calls]
        return {"text": self.text, "calls": calls, "tokens": self.tokens, "failed": self.failed}

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Answer":
        """Reads what `to_wire` made."""
        return cls(wire["text"], tuple(Call(**call) for call in wire["calls"]), wire["tokens"], wire.get("failed"))


@dataclass(frozen=True, slots=True)
class Reply:
    """The end of a run: its words, of which kind, the tasks to show with it, and what the next one is told."""

    text: str
    kind: Kind
    tasks: Sequence[str] = ()
    memory: Json = field(default_factory=dict)


class Steps(Protocol):
    """What a back end may do. Each thing is recorded: done again, after a crash, it answers what it answered first."""

    async def call(self, name: str, arguments: Mapping[str, Any], *, guarded: bool = True) -> Json:
        """Returns the output of a tool; raises ProblemError where the whole call is refused.

        With `guarded`, a call that deletes, or changes much, is asked about before it is carried out.
        """
        ...

    async def answer(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Returns what a model answers; `ask` is called only where nothing is recorded yet."""
        ...

    def say(self, text: str) -> None:
        """Shows a piece of the answer to whoever is looking."""
        ...


class Backend(Protocol):
    """Answers messages.

    `respond` must do the same steps in the same order when each answers the same: after a crash it is called again.
    """

    @property
    def name(self) -> str: ...

    async def respond(self, turn: Turn, steps: Steps) -> Reply: ...
