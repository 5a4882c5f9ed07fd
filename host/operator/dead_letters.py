"""`duely dead-letters`: lists the events that a consumer could not apply, replays them and drops them."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import orjson

from actors.clock import instant_text
from host.console import OperatorError
from host.operator.command_line import json_option, json_text, settings_of
from host.operator.database import connected, opened
from host.store.engine import Raw
from host.store.turns import dead_letters
from host.store.turns.dead_letters import DeadLetter

POLL_SECONDS: Final = 0.2
_ERROR_WIDTH: Final = 100

_consumer_option = click.option("--consumer", metavar="NAME", help="Only dead letters of this consumer.")
_all_option = click.option("--all", "is_all", is_flag=True, help="All dead letters, or all of --consumer.")
_ids_argument = click.argument("ids", metavar="ID...", nargs=-1)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the dead letters that were to be replayed; no consumer took up the `waiting` ones in time."""

    applied: list[DeadLetter]
    failed: list[DeadLetter]
    waiting: list[DeadLetter]


@click.group()
def dead_letters_group() -> None:
    """Handle events that a consumer could not apply.

    An event that fails three times through a fault of its own is put aside here, so that the events after it can be
    applied; an outage never puts one here. Once the cause is removed, `replay` has the event applied exactly once.
    """


@dead_letters_group.command("list")
@_consumer_option
@json_option
@click.pass_obj
def list_command(data_dir: Path | None, consumer: str | None, in_json: bool) -> None:
    """List the dead letters, oldest first."""
    letters = _selected(data_dir, consumer, None)
    click.echo(json_text([as_json(letter) for letter in letters]) if in_json else "\n".join(lines(letters)))


@dead_letters_group.command("show")
@click.argument("event_id", metavar="ID")
@_consumer_option
@json_option
@click.pass_obj
def show_command(data_dir: Path | None, event_id: str, consumer: str | None, in_json: bool) -> None:
    """Show one dead letter: the event, the error, the number of tries."""
    letters = _selected(data_dir, consumer, [event_id])
    text = "\n\n".join("\n".join(details(letter)) for letter in letters)
    click.echo(json_text([as_json(letter) for letter in letters]) if in_json else text)


@dead_letters_group.command("replay")
@_ids_argument
@_all_option
@click.option(
    "--wait", default=15.0, show_default=True, metavar="SECONDS", help="How long to wait for the events to be applied."
)
@_consumer_option
@json_option
@click.pass_obj
def replay_command(
    data_dir: Path | None, *, ids: Sequence[str], is_all: bool, wait: float, consumer: str | None, in_json: bool
) -> None:
    """Have the running system apply the events again.

    It applies them in the order in which they happened. The exit code is 0 when all were applied, and 1 when one failed again or was not taken up in time.
    """
    _require_ids_or_all(ids, is_all=is_all)
    with opened(settings_of(data_dir)) as dsn:
        done = asyncio.run(_replay(dsn, consumer, None if is_all else ids, wait))
    if in_json:
        parts = {"applied": done.applied, "failed": done.failed, "waiting": done.waiting}
        click.echo(json_text({name: [as_json(letter) for letter in letters] for name, letters in parts.items()}))
    else:
        click.echo("\n".join(_outcome_lines(done)))
    sys.exit(1 if done.failed or done.waiting else 0)


@dead_letters_group.command("drop")
@_ids_argument
@_all_option
@click.option("--yes", is_flag=True, help="Drop them; without this, only print what would be dropped.")
@_consumer_option
@click.pass_obj
def drop_command(data_dir: Path | None, ids: Sequence[str], is_all: bool, yes: bool, consumer: str | None) -> None:
    """Drop dead letters for good.

    Their events are never applied. `duely rebuild` or `duely verify --repair` makes up for what such an event would have done to tasks, tags and
    series. Nothing makes up for notifications, activity and the tasks of a series.
    """
    _require_ids_or_all(ids, is_all=is_all)
    letters = _selected(data_dir, consumer, None if is_all else ids)
    for letter in letters:
        click.echo(f"{'dropped' if yes else 'would drop'}  {letter.consumer}  {letter.event_id}  {letter.event().type}")
    if not yes:
        raise click.ClickException("Nothing was dropped. Repeat the command with --yes to drop for good.")
    with opened(settings_of(data_dir)) as dsn:
        asyncio.run(_drop(dsn, letters))


def _require_ids_or_all(ids: Sequence[str], *, is_all: bool) -> None:
    if bool(ids) == is_all:
        raise click.UsageError("Name dead letters by ID, or use --all.")


def _selected(data_dir: Path | None, consumer: str | None, event_ids: Sequence[str] | None) -> list[DeadLetter]:
    """Returns the dead letters of these events; all for None."""

    async def read(dsn: str) -> list[DeadLetter]:
        async with connected(dsn) as connection:
            return await selected(connection, consumer, event_ids)

    with opened(settings_of(data_dir)) as dsn:
        return asyncio.run(read(dsn))


async def _replay(dsn: str, consumer: str | None, event_ids: Sequence[str] | None, wait_seconds: float) -> Replayed:
    async with connected(dsn) as connection:
        return await replay(connection, await selected(connection, consumer, event_ids), wait_seconds)


async def _drop(dsn: str, letters: Sequence[DeadLetter]) -> None:
    async with connected(dsn) as connection:
        await dead_letters.drop(connection, [letter.key for letter in letters])


async def selected(connection: Raw, consumer: str | None, event_ids: Sequence[str] | None) -> list[DeadLetter]:
    """Returns the dead letters of these events, all for None; raises OperatorError for an id that has none."""
    if event_ids is None:
        return await dead_letters.listed(connection, consumer)
    letters = await dead_letters.listed(connection, consumer, event_ids)
    unknown = sorted(set(event_ids) - {letter.event_id for letter in letters})
    if unknown:
        owner = f" of {consumer}" if consumer else ""
        raise OperatorError(f"No dead letter{owner} has the id {', '.join(unknown)}; see `duely dead-letters list`.")
    return letters


async def replay(connection: Raw, letters: Sequence[DeadLetter], wait_seconds: float) -> Replayed:
    """Requests the replay and waits for the running system to take it up."""
    await dead_letters.ask(connection, [letter.key for letter in letters])
    deadline = asyncio.get_running_loop().time() + wait_seconds
    while True:
        left = {letter.key: letter for letter in await dead_letters.listed(connection, None)}
        result = _outcome(letters, left)
        if not result.waiting or asyncio.get_running_loop().time() >= deadline:
            return result
        await asyncio.sleep(POLL_SECONDS)


def _outcome(letters: Sequence[DeadLetter], left: dict[tuple[str, str], DeadLetter]) -> Replayed:
    remaining = [left[letter.key] for letter in letters if letter.key in left]
    return Replayed(
        applied=[letter for letter in letters if letter.key not in left],
        failed=[letter for letter in remaining if letter.replay_at is None],
        waiting=[letter for letter in remaining if letter.replay_at is not None],
    )


def _outcome_lines(done: Replayed) -> list[str]:
    """Returns one line for each dead letter, and a hint for those that wait."""
    text = [f"applied  {letter.consumer}  {letter.event_id}" for letter in done.applied]
    text += [f"failed   {letter.consumer}  {letter.event_id}  {letter.error}" for letter in done.failed]
    text += [f"waiting  {letter.consumer}  {letter.event_id}" for letter in done.waiting]
    if done.waiting:
        text.append(
            "A waiting event is applied as soon as its consumer runs and is not paused (see `duely pause-consumer`)."
        )
    return text or ["No dead letters: there is nothing to replay."]


def lines(letters: Sequence[DeadLetter]) -> list[str]:
    """Returns a table with a line for each dead letter."""
    if not letters:
        return ["No dead letters: every event was applied."]
    rows = [("CONSUMER", "ID", "EVENT", "TRIES", "SINCE", "ERROR"), *(_row(letter) for letter in letters)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  ".join([*(f"{row[n]:<{widths[n]}}" for n in range(5)), row[5]]) for row in rows]


def _row(letter: DeadLetter) -> tuple[str, ...]:
    event_type, since = letter.event().type, instant_text(letter.at)
    return letter.consumer, letter.event_id, event_type, str(letter.tries), since, _short_error(letter)


def _short_error(letter: DeadLetter) -> str:
    text = " ".join(letter.error.split())
    prefix = "(replay requested) " if letter.replay_at else ""
    return prefix + (text if len(text) <= _ERROR_WIDTH else f"{text[:_ERROR_WIDTH]}…")


def details(letter: DeadLetter) -> list[str]:
    """Returns everything about a dead letter: a line for each field, then the event as JSON."""
    fields = as_json(letter)
    body = fields.pop("event")
    text = [f"{name:<10} {value}" for name, value in fields.items() if value is not None]
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
