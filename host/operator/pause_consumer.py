"""What `duely pause-consumer` does: hold a consumer, let it go on, say how each is."""

from collections.abc import Sequence
from typing import Any

from actors.clock import instant_text
from host.console import OperatorError
from host.store.engine import Raw
from host.store.turns import pauses
from host.store.turns.pauses import ConsumerState


async def changed(connection: Raw, name: str | None, *, resume: bool) -> list[ConsumerState]:
    """All states, after the change of the one that is named; raises OperatorError for one that is not there."""
    if name is not None:
        act = pauses.resume if resume else pauses.pause
        if not await act(connection, name):
            there = ", ".join(state.name for state in await pauses.states(connection)) or "none has run yet"
            raise OperatorError(f"There is no consumer {name}: {there}.")
    return await pauses.states(connection)


def lines(states: Sequence[ConsumerState]) -> list[str]:
    """A line a consumer."""
    width = max((len(state.name) for state in states), default=0)
    return [f"{state.name:<{width}}  {_word(state):<34}  {state.behind} events behind" for state in states] or [
        "No consumer has run here yet."
    ]


def as_json(state: ConsumerState) -> dict[str, Any]:
    paused_at = instant_text(state.paused_at) if state.paused_at else None
    return {"consumer": state.name, "paused_at": paused_at, "behind": state.behind}


def _word(state: ConsumerState) -> str:
    return f"paused since {instant_text(state.paused_at)[:19]}Z" if state.paused_at else "runs"
