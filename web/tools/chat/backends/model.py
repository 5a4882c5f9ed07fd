"""Leads a run on a model: it answers, its calls are carried out, and it is told what came of them, until it only speaks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import orjson

from actors.replies import Json
from web.problems import ProblemError
from web.tools.catalogue import CATALOGUE
from web.tools.chat.backends.apologies import apology, said
from web.tools.chat.backends.backend import (
    MOST_ANSWERS,
    MOST_TOKENS,
    Answer,
    Backend,
    Call,
    Failure,
    Reply,
    Steps,
    Turn,
)
from web.tools.chat.backends.rules import RulesBackend
from web.tools.chat.limits import RunLimitError
from web.tools.chat.words import done_of
from web.tools.tool import WritingTool

MOST_SLIPS: Final = 2  # calls that are none: of an unknown tool, or with arguments that are no JSON
_MOST_NAMED: Final = 30
_UNREADABLE: Final[Json] = {
    "problem": {"status": 422, "code": "invalid_json", "detail": "The arguments were not a JSON object; send one."}
}
_REPEATED: Final[Json] = {"repeated": True, "detail": "You made this call before, in this answer; it was done once."}


class Model(Protocol):
    """A model. `exchange` is what it answered in this run and what its calls gave, in order."""

    @property
    def name(self) -> str: ...

    async def answer(self, turn: Turn, exchange: Sequence[tuple[Answer, Sequence[Json]]], steps: Steps) -> Answer:
        """Returns the model's next answer, or why there is none; may show pieces of it by `steps.say`."""
        ...


class _FailedError(Exception):
    """The model does not answer."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why)
        self.why: Failure = why


@dataclass(frozen=True, slots=True)
class ModelBackend:
    """The back end over a model. What it calls comes from a text that others may have written, so it is guarded.

    Where the model fails, `otherwise` answers, unless something was called already: that is not done again.
    """

    model: Model
    otherwise: Backend = field(default_factory=RulesBackend)
    runs_a_day: int = 0  # for the words to those who have used them up

    @property
    def name(self) -> str:
        return self.model.name

    async def respond(self, turn: Turn, steps: Steps) -> Reply:
        """Returns the model's last words. Raises RunLimitError for one that never comes to an end."""
        talk = _Talk(steps)
        try:
            return await self._led(turn, talk)
        except _FailedError as failed:
            return await self._instead(turn, talk, failed.why)

    async def _led(self, turn: Turn, talk: "_Talk") -> Reply:
        for _ in range(MOST_ANSWERS):
            answer = await talk.steps.answer(lambda: self.model.answer(turn, talk.exchange, talk.steps))
            if answer.failed:
                raise _FailedError(answer.failed)
            if not answer.calls:
                return _reply(answer.text, talk.outputs)
            await talk.carry_out(answer)
        raise RunLimitError("answers")

    async def _instead(self, turn: Turn, talk: "_Talk", why: Failure) -> Reply:
        sorry = apology(turn.language, why, self.runs_a_day)
        if talk.changed or any(output.get("asks") for output in talk.outputs):
            lines = [sorry, *([said(turn.language, "partly"), *_named(talk.outputs)] if talk.changed else [])]
            return _reply("\n".join(lines), talk.outputs)
        reply = await self.otherwise.respond(turn, talk.steps)
        words = f"{sorry} {said(turn.language, 'rules')}\n\n" if sorry else ""
        return replace(reply, text=words + reply.text)


@dataclass(slots=True)
class _Talk:
    """What the model said in a run, and what was done for it."""

    steps: Steps
    exchange: list[tuple[Answer, Sequence[Json]]] = field(default_factory=list[tuple[Answer, Sequence[Json]]])
    outputs: list[Json] = field(default_factory=list[Json])
    slips: int = 0
    _made: set[bytes] = field(default_factory=set[bytes])

    @property
    def changed(self) -> bool:
        return bool(done_of([{"output": output} for output in self.outputs]))

    async def carry_out(self, answer: Answer) -> None:
        """Does what the model wants. Raises _FailedError for one that cannot call, RunLimitError beyond the tokens."""
        given = [await self._given(call) for call in answer.calls]
        self.outputs += given
        self.exchange.append((answer, given))
        if self.slips > MOST_SLIPS:
            raise _FailedError("confused")
        if sum(answered.tokens for answered, _ in self.exchange) > MOST_TOKENS:
            raise RunLimitError("tokens")

    async def _given(self, call: Call) -> Json:
        """Returns what the model is told of a call; a refusal is something that it can read, too."""
        if call.unreadable:
            self.slips += 1
            return _UNREADABLE
        if self._is_repeated(call):
            return _REPEATED
        try:
            return await self.steps.call(call.name, call.arguments)
        except ProblemError as problem:
            self.slips += problem.code == "unknown_tool"
            self._made.discard(_digest(call))
            return {"problem": problem.as_json()}

    def _is_repeated(self, call: Call) -> bool:
        """Returns whether a change was made before in this run, and notes it."""
        is_known = _digest(call) in self._made
        if isinstance(CATALOGUE.get(call.name), WritingTool):
            self._made.add(_digest(call))
        return is_known


def _digest(call: Call) -> bytes:
    return orjson.dumps([call.name, call.arguments], option=orjson.OPT_SORT_KEYS)


def _named(outputs: Sequence[Json]) -> list[str]:
    done = done_of([{"output": output} for output in outputs])
    return [f"- {result.get('title') or result.get('id', '')}" for result in done[:_MOST_NAMED]]


def _reply(text: str, outputs: Sequence[Json]) -> Reply:
    results: list[Json] = [result for output in outputs for result in output.get("results", ())]
    asks = any(output.get("asks") for output in outputs)
    done = any(result.get("status") == "done" for result in results)
    cards = [result["task"]["id"] for result in results if result.get("task")]
    return Reply(text, "ask" if asks else "done" if done else "list", _first(cards))


def _first(ids: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(ids))[:50]
