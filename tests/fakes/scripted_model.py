"""A model that answers by a script, and notes what it was asked."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from actors.replies import Json
from web.tools.chat.backends.backend import Answer, Call, Steps, Turn

Script = Callable[[int, Sequence[Sequence[Json]]], Answer]


def calls(*wanted: tuple[str, Json], text: str = "") -> Answer:
    """Returns an answer that wants these calls."""
    return Answer(text, tuple(Call(f"call-{place}", *call) for place, call in enumerate(wanted)), tokens=10)


class ScriptedModel:
    """Answers number `n` of a run, from 0, with the n-th of `answers`, or with what a function makes of the results.

    `asked` counts the answers by (run's message, number). While `waits` is not set, it answers nothing.
    """

    name = "scripted"

    def __init__(self, *answers: Answer | Callable[[Sequence[Sequence[Json]]], Answer]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []
        self.told: list[Sequence[Sequence[Json]]] = []
        self.turns: list[Turn] = []
        self.waits = asyncio.Event()
        self.waits.set()

    async def answer(self, turn: Turn, exchange: Sequence[tuple[Answer, Sequence[Json]]], steps: Steps) -> Answer:
        self.turns.append(turn)
        self.asked.append((turn.message, len(exchange)))
        given = [results for _, results in exchange]
        self.told.append(given)
        await self.waits.wait()
        answer: Any = self.answers[min(len(exchange), len(self.answers) - 1)]
        said: Answer = answer(given) if callable(answer) else answer
        for piece in said.text.split(" "):
            steps.say(piece)
        return said
