"""What a tool is, and what is common to the models of their inputs and outputs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from actors.commands import command_id_for_item
from actors.fields import Body, Id
from web.act import Act
from web.tools.plan import Plan

Language = Literal["en", "de", "fr", "es"]
_LANGUAGE: Final[Language] = "en"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a tool: the act of the whole call, whose cause names the change set."""

    act: Act

    @property
    def language(self) -> Language:
        """Returns the language that the person has set."""
        language: Language = self.act.caller.profile.defaults.get("language", _LANGUAGE)
        return language

    def item(self, position: int) -> Act:
        """Returns the act of one step: the same call and place have the same command id, whenever they are sent."""
        return replace(self.act, command_id=command_id_for_item(str(UUID(self.act.command_id)), str(position)))


class Input(Body):
    """What a tool takes; unknown fields are refused. The models of tools are built when one is first used."""

    model_config = ConfigDict(defer_build=True)


class Writing(Input):
    """What every tool takes that changes something."""

    change_set: Id | None = Field(
        default=None,
        description="Puts this call into that change set of yours; without it, calls close in time share one",
    )
    dry_run: bool = Field(
        default=False, description="Changes nothing; answers what would be done and a plan_id to apply"
    )


class Output(BaseModel):
    """What a tool answers."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Candidate(Output):
    id: str
    title: str
    due: dict[str, Any] | None = None


class Result(Output):
    """What became of one item of a call, in the order of the items.

    `done` is changed or made, `planned` is only shown, `failed` says why and what to do; `candidates` are what an
    ambiguous name fits.
    """

    status: Literal["done", "planned", "failed"]
    id: str = ""
    title: str = ""
    did: str = Field(default="", description="What was changed, in words")
    task: dict[str, Any] | None = None
    series: dict[str, Any] | None = None
    code: str = ""
    detail: str = ""
    candidates: list[Candidate] = []


class Changed(Output):
    """What every writing tool answers."""

    results: list[Result]
    change_set: str | None = Field(default=None, description="revert-change-set takes all of it back")
    plan_id: str | None = Field(default=None, description="apply-plan carries this plan out, within 15 minutes")
    next: list[str] = Field(default=[], description="What to try next")


@dataclass(frozen=True, slots=True)
class Hints:
    """What clients are told of a tool beforehand, as in the annotations of MCP."""

    read_only: bool
    destructive: bool = False
    idempotent: bool = True


I = TypeVar("I", bound=Input)  # noqa: E741  input
O = TypeVar("O", bound=Output)  # noqa: E741  output


@dataclass(frozen=True, slots=True)
class ReadingTool(Generic[I, O]):
    """A tool that changes nothing. `name` is verb-noun; the first sentence of `description` says when to use it."""

    name: str
    title: str
    description: str
    input: type[I]
    output: type[O]
    read: Callable[[Use, I], Awaitable[O]]

    scope: Literal["read"] = "read"
    hints: Hints = Hints(read_only=True)


@dataclass(frozen=True, slots=True)
class WritingTool(Generic[I]):
    """A tool that changes something: it plans by reading, and web/tools/calling.py carries the plan out."""

    name: str
    title: str
    description: str
    input: type[I]
    plan: Callable[[Use, I], Awaitable[Plan]]
    hints: Hints
    output: type[Changed] = Changed

    scope: Literal["write"] = "write"


Tool = ReadingTool[Any, Any] | WritingTool[Any]
