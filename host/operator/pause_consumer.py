"""`duely pause-consumer`: pauses a consumer, resumes it, lists the state of all."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from actors.clock import instant_text
from host.console import OperatorError
from host.operator.command_line import json_option, json_text, settings_of
from host.operator.database import connected, opened
from host.store.engine import Raw
from host.store.turns import watermarks
from host.store.turns.watermarks import ConsumerState


@click.command()
@click.argument("name", required=False)
@click.option("--resume", is_flag=True, help="Resume the consumer where it was paused.")
@json_option
@click.pass_obj
def pause_consumer_command(data_dir: Path | None, name: str | None, resume: bool, in_json: bool) -> None:
    """Pause or resume a consumer, or list all.

    Without NAME, this lists all consumers with the number of events that each is behind. A paused consumer takes no
    events, in any process; they wait in the outbox. While the projector is paused, reads lag behind writes.
    """
    if resume and name is None:
        raise click.UsageError("Name the consumer to resume: `duely pause-consumer NAME --resume`.")
    with opened(settings_of(data_dir)) as dsn:
        states = asyncio.run(_changed(dsn, name, resume=resume))
    click.echo(json_text([as_json(state) for state in states]) if in_json else "\n".join(lines(states)))


async def _changed(dsn: str, name: str | None, *, resume: bool) -> list[ConsumerState]:
    async with connected(dsn) as connection:
        return await changed(connection, name, resume=resume)


async def changed(connection: Raw, name: str | None, *, resume: bool) -> list[ConsumerState]:
    """Pauses or resumes the consumer, if one is named, and returns the states of all.

    Raises OperatorError when there is no consumer of that name.
    """
    if name is not None:
        change = watermarks.resume if resume else watermarks.pause
        if not await change(connection, name):
            known = ", ".join(state.name for state in await watermarks.states(connection)) or "none has run yet"
            raise OperatorError(f"There is no consumer {name}. The consumers are: {known}.")
    return await watermarks.states(connection)


def lines(states: Sequence[ConsumerState]) -> list[str]:
    """Returns one line for each consumer."""
    width = max((len(state.name) for state in states), default=0)
    return [f"{state.name:<{width}}  {_status(state):<34}  {state.behind} events behind" for state in states] or [
        "No consumer has run here yet."
    ]


def as_json(state: ConsumerState) -> dict[str, Any]:
    paused_at = instant_text(state.paused_at) if state.paused_at else None
    return {"consumer": state.name, "paused_at": paused_at, "behind": state.behind}


def _status(state: ConsumerState) -> str:
    return f"paused since {instant_text(state.paused_at)[:19]}Z" if state.paused_at else "runs"
