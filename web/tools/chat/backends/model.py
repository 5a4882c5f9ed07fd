"""Leads a run on a model: it answers, its calls are carried out, and it is told what came of them, until it only speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from actors.replies import Json
from web.problems import ProblemError
from web.tools.chat.backends.backend import MOST_ANSWERS, MOST_TOKENS, Answer, Call, Reply, Steps, Turn
from web.tools.chat.limits import RunLimitError


class Model(Protocol):
    """A model. `exchange` is what it answered in this run and what its calls gave, in order."""

    @property
    def name(self) -> str: ...

    async def answer(self, turn: Turn, exchange: Sequence[tuple[Answer, Sequence[Json]]], steps: Steps) -> Answer:
        """Returns the model's next answer; may show pieces of it by `steps.say`."""
        ...


@dataclass(frozen=True, slots=True)
class ModelBackend:
    """The back end over a model. What it calls comes from a text that others may have written, so it is guarded."""

    model: Model
    guarded: bool = True

    @property
    def name(self) -> str:
        return self.model.name

    async def respond(self, turn: Turn, steps: Steps) -> Reply:
        """Returns the model's last words. Raises RunLimitError for one that never comes to an end."""
        exchange: list[tuple[Answer, Sequence[Json]]] = []
        outputs: list[Json] = []
        for _ in range(MOST_ANSWERS):
            answer = await steps.answer(lambda: self.model.answer(turn, exchange, steps))
            if not answer.calls:
                return _reply(answer.text, outputs)
            given = [await _given(steps, call) for call in answer.calls]
            outputs += given
            exchange.append((answer, given))
            if sum(answered.tokens for answered, _ in exchange) > MOST_TOKENS:
                raise RunLimitError("tokens")
        raise RunLimitError("answers")


async def _given(steps: Steps, call: Call) -> Json:
    """Returns what the model is told of a call; a refusal is something that it can read, too."""
    try:
        return await steps.call(call.name, call.arguments)
    except ProblemError as problem:
        return {"problem": problem.as_json()}


def _reply(text: str, outputs: Sequence[Json]) -> Reply:
    results: list[Json] = [result for output in outputs for result in output.get("results", ())]
    asks = any(output.get("asks") for output in outputs)
    done = any(result.get("status") == "done" for result in results)
    cards = [result["task"]["id"] for result in results if result.get("task")]
    return Reply(text, "ask" if asks else "done" if done else "list", _first(cards))


def _first(ids: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(ids))[:50]
