"""The commands of an operator: dead-letters, pause-consumer, rebuild, verify."""
# ruff: noqa: PLC0415  `duely --help` imports nothing that it does not need

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from host.operator.command_line import errors_in_words, settings_of

_of_consumer = click.option("--consumer", metavar="NAME", help="Only what this consumer could not apply.")
_as_json = click.option("--json", "as_json", is_flag=True, help="For a program: the same as JSON.")
_ids = click.argument("ids", metavar="ID...", nargs=-1)


@asynccontextmanager
async def _connection(dsn: str) -> AsyncGenerator[Any]:
    from host.store.engine import Database

    connection = await Database(dsn).open_connection()
    try:
        yield connection
    finally:
        await connection.close()


@click.group("dead-letters")
def dead_letters() -> None:
    """Events that a consumer could not apply, put aside so that the others go on.

    An event comes here after three tries when it is itself at fault; an outage never puts one here. Once the cause is
    gone, `replay` has it applied after all, exactly once.
    """


@dead_letters.command("list")
@_of_consumer
@_as_json
@click.pass_obj
def list_(data_dir: Path | None, consumer: str | None, as_json: bool) -> None:
    """List them, oldest first."""
    from host.operator import letters
    from host.runner.database import database
    from host.store.turns import dead_letters as store

    async def read(dsn: str) -> list[store.DeadLetter]:
        async with _connection(dsn) as connection:
            return await store.listed(connection, consumer)

    with errors_in_words(), database(settings_of(data_dir)) as dsn:
        found = asyncio.run(read(dsn))
    click.echo(_json([letters.as_json(it) for it in found]) if as_json else "\n".join(letters.lines(found)))


@dead_letters.command()
@click.argument("id_", metavar="ID")
@_of_consumer
@_as_json
@click.pass_obj
def show(data_dir: Path | None, id_: str, consumer: str | None, as_json: bool) -> None:
    """Show all of one: the event, what kept it from being applied, how often it was tried."""
    from host.operator import letters

    found = _chosen(data_dir, consumer, [id_])
    text = [line for letter in found for line in [*letters.whole(letter), ""]][:-1]
    click.echo(_json([letters.as_json(it) for it in found]) if as_json else "\n".join(text))


@dead_letters.command()
@_ids
@click.option("--all", "every", is_flag=True, help="All of them, or all of --consumer.")
@click.option(
    "--wait", default=15.0, show_default=True, metavar="SECONDS", help="How long to wait for what becomes of it."
)
@_of_consumer
@_as_json
@click.pass_obj
def replay(
    data_dir: Path | None, *, ids: Sequence[str], every: bool, wait: float, consumer: str | None, as_json: bool
) -> None:
    """Have the running system apply them again, in the order in which they happened.

    Ends with 0 when all were applied, with 1 when one failed again or nobody has taken it up yet.
    """
    from host.operator import letters
    from host.runner.database import database
    from host.store.turns import dead_letters as store

    async def again(dsn: str) -> letters.Replayed:
        async with _connection(dsn) as connection:
            found = await (store.listed(connection, consumer) if every else letters.chosen(connection, consumer, ids))
            return await letters.replay(connection, found, wait)

    _one_of(ids, every=every)
    with errors_in_words(), database(settings_of(data_dir)) as dsn:
        done = asyncio.run(again(dsn))
    if as_json:
        parts = {"applied": done.applied, "failed": done.failed, "waiting": done.waiting}
        click.echo(_json({name: [letters.as_json(it) for it in part] for name, part in parts.items()}))
    else:
        _tell_replayed(done.applied, done.failed, done.waiting)
    sys.exit(1 if done.failed or done.waiting else 0)


def _tell_replayed(applied: Sequence[Any], failed: Sequence[Any], waiting: Sequence[Any]) -> None:
    for letter in applied:
        click.echo(f"applied  {letter.consumer}  {letter.event_id}")
    for letter in failed:
        click.echo(f"failed   {letter.consumer}  {letter.event_id}  {letter.error}")
    for letter in waiting:
        click.echo(f"waiting  {letter.consumer}  {letter.event_id}")
    if not (applied or failed or waiting):
        click.echo("No dead letters: there is nothing to try again.")
    if waiting:
        click.echo("What waits is applied as soon as its consumer runs and is not paused (`duely pause-consumer`).")


@dead_letters.command()
@_ids
@click.option("--all", "every", is_flag=True, help="All of them, or all of --consumer.")
@click.option("--yes", is_flag=True, help="Do it; without this it only says what it would drop.")
@_of_consumer
@click.pass_obj
def drop(data_dir: Path | None, ids: Sequence[str], every: bool, yes: bool, consumer: str | None) -> None:
    """Forget them for good: what they say is never applied.

    For what the event would have done to tasks, tags and series `duely rebuild` or `duely verify --repair` makes up;
    for notifications, activity and tasks of a series nothing does.
    """
    from host.runner.database import database
    from host.store.turns import dead_letters as store

    async def forget(dsn: str, keys: Sequence[tuple[str, str]]) -> int:
        async with _connection(dsn) as connection:
            return await store.drop(connection, keys)

    _one_of(ids, every=every)
    found = _chosen(data_dir, consumer, None if every else ids)
    for letter in found:
        click.echo(f"{'dropped' if yes else 'would drop'}  {letter.consumer}  {letter.event_id}  {letter.event().type}")
    if not yes:
        raise click.ClickException("Nothing was dropped: say --yes to drop for good.")
    with errors_in_words(), database(settings_of(data_dir)) as dsn:
        asyncio.run(forget(dsn, [letter.key for letter in found]))


@click.command("pause-consumer")
@click.argument("name", required=False)
@click.option("--resume", is_flag=True, help="Let it go on where it was.")
@_as_json
@click.pass_obj
def pause_consumer(data_dir: Path | None, name: str | None, resume: bool, as_json: bool) -> None:
    """Let a consumer take no events, in any process, until it is resumed. Without NAME: list all and how far they are.

    What happens meanwhile waits in the outbox. While the projector is paused, reads stay behind what was written.
    """
    from host.operator import pause_consumer as pausing
    from host.runner.database import database

    async def act(dsn: str) -> list[Any]:
        async with _connection(dsn) as connection:
            return await pausing.changed(connection, name, resume=resume)

    if resume and name is None:
        raise click.UsageError("Which one? Say `duely pause-consumer NAME --resume`.")
    with errors_in_words(), database(settings_of(data_dir)) as dsn:
        states = asyncio.run(act(dsn))
    click.echo(_json([pausing.as_json(it) for it in states]) if as_json else "\n".join(pausing.lines(states)))


@click.command()
@_as_json
@click.pass_obj
def rebuild(data_dir: Path | None, as_json: bool) -> None:
    """Make tasks, reminders, tags and series of the read model anew from what the actors keep.

    Duely may run meanwhile: the new tables are filled beside the live ones and take their place in one short
    transaction. Activity, the ledger and notifications are not touched. Cut off at any moment it has changed nothing.
    """
    from host.operator.rebuild import rebuild as run
    from host.runner.database import database

    with errors_in_words(), database(settings_of(data_dir)) as dsn:
        done = asyncio.run(run(dsn, lambda line: click.echo(line, err=as_json)))
    if as_json:
        click.echo(_json(asdict(done)))
        return
    gone = f"; {done.strangers:,} rows that no actor has are gone" if done.strangers else ""
    click.echo(f"{done.docs:,} tasks and series in {done.seconds:.1f} s{gone}.")


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended, and say what was done.")
@_as_json
@click.pass_obj
def verify(data_dir: Path | None, *, repair: bool, as_json: bool) -> None:
    """Hold every promise that Duely makes about its data against what is there, while it runs or not.

    Ends with 0 when everything is whole, with 1 when something is not; with --repair, when something is left that only
    a person can decide. What --repair hands to consumers again is applied within seconds by the running system.
    """
    from actors.clock import SystemClock
    from host.consumers.table import CONSUMERS
    from host.operator import verify as run
    from host.runner.database import database

    settings = settings_of(data_dir)
    consumers = {name: types for name, (_, types, _) in CONSUMERS.items()}
    with errors_in_words(), database(settings) as dsn:
        broker = settings.broker != "none"
        report = asyncio.run(run.verify(dsn, SystemClock().now(), consumers, broker=broker, repair=repair))
    click.echo(_json(run.as_json(report)) if as_json else "\n".join(run.lines(report)))
    sys.exit(1 if report.left else 0)


def _chosen(data_dir: Path | None, consumer: str | None, ids: Sequence[str] | None) -> list[Any]:
    """The letters of these events; all for None."""
    from host.operator import letters
    from host.runner.database import database
    from host.store.turns import dead_letters as store

    async def read(dsn: str) -> list[store.DeadLetter]:
        async with _connection(dsn) as connection:
            if ids is None:
                return await store.listed(connection, consumer)
            return await letters.chosen(connection, consumer, ids)

    with errors_in_words(), database(settings_of(data_dir)) as dsn:
        return asyncio.run(read(dsn))


def _one_of(ids: Sequence[str], *, every: bool) -> None:
    if bool(ids) == every:
        raise click.UsageError("Name the letters by ID, or say --all.")


def _json(found: Any) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False)
