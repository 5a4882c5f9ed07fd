"""What `duely dead-letters` does: find letters, ask for them again and see what becomes of that, drop them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from actors.clock import instant_text
from host.console import OperatorError
from host.store.engine import Raw
from host.store.turns import dead_letters
from host.store.turns.dead_letters import DeadLetter

POLL_SECONDS: Final = 0.2
_ERROR_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the letters that were asked for; `waiting` ones were not taken up in time."""

    applied: list[DeadLetter]
    failed: list[DeadLetter]
    waiting: list[DeadLetter]


async def chosen(connection: Raw, consumer: str | None, event_ids: Sequence[str]) -> list[DeadLetter]:
    """The letters of these events; raises OperatorError for an id that names none."""
    letters = await dead_letters.listed(connection, consumer, event_ids)
    unknown = sorted(set(event_ids) - {letter.event_id for letter in letters})
    if unknown:
        of = f" of {consumer}" if consumer else ""
        raise OperatorError(f"No dead letter{of} is called {', '.join(unknown)}; `duely dead-letters list` shows all.")
    return letters


async def replay(connection: Raw, letters: Sequence[DeadLetter], wait_seconds: float) -> Replayed:
    """Ask, and wait for the running system to take them up."""
    await dead_letters.ask(connection, [letter.key for letter in letters])
    deadline = asyncio.get_running_loop().time() + wait_seconds
    while True:
        left = {letter.key: letter for letter in await dead_letters.listed(connection, None)}
        result = Replayed(
            applied=[letter for letter in letters if letter.key not in left],
            failed=[left[it.key] for it in letters if it.key in left and left[it.key].replay_at is None],
            waiting=[left[it.key] for it in letters if it.key in left and left[it.key].replay_at is not None],
        )
        if not result.waiting or asyncio.get_running_loop().time() >= deadline:
            return result
        await asyncio.sleep(POLL_SECONDS)


def lines(letters: Sequence[DeadLetter]) -> list[str]:
    """A table, oldest first."""
    if not letters:
        return ["No dead letters: every event was applied."]
    rows = [("CONSUMER", "ID", "EVENT", "TRIES", "SINCE", "ERROR")]
    rows += [
        (it.consumer, it.event_id, it.event().type, str(it.tries), instant_text(it.at), _short(it)) for it in letters
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  ".join([*(f"{row[n]:<{widths[n]}}" for n in range(5)), row[5]]) for row in rows]


def whole(letter: DeadLetter) -> list[str]:
    """Everything about one."""
    facts = as_json(letter)
    body = facts.pop("event")
    text = [f"{name:<10} {value}" for name, value in facts.items() if value is not None]
    return [*text, "", orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()]


def as_json(letter: DeadLetter) -> dict[str, Any]:
    event = letter.event()
    return {
        "consumer": letter.consumer,
        "id": letter.event_id,
        "type": event.type,
        "user_id": event.user_id,
        "actor_id": event.actor_id,
        "position": letter.position,
        "tries": letter.tries,
        "at": instant_text(letter.at),
        "replay_at": instant_text(letter.replay_at) if letter.replay_at else None,
        "error": letter.error,
        "event": event.body,
    }


def _short(letter: DeadLetter) -> str:
    text = " ".join(letter.error.split())
    asked = "(asked for again) " if letter.replay_at else ""
    return asked + (text if len(text) <= _ERROR_WIDTH else f"{text[:_ERROR_WIDTH]}…")
