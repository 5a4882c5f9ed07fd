"""The command `duely`. Each command imports what it needs when it runs, so that `duely --help` is there at once."""
# ruff: noqa: PLC0415

import asyncio
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from host.operator import operations
from host.operator.command_line import errors_in_words
from host.operator.command_line import settings_of as _settings

# Of each role: as many as the connections of the embedded database suffice for.
MOST_REPLICAS = click.IntRange(1, 3)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data-dir", type=click.Path(path_type=Path), help="The data folder (DUELY_DATA_DIR, else ./data).")
@click.pass_context
def main(context: click.Context, data_dir: Path | None) -> None:
    """Duely: tasks and reminders, hosted by yourself.

    Settings come from the environment (DUELY_…); the README lists them.
    """
    context.obj = data_dir


@main.command()
@click.option("--host", help="The address to listen on (DUELY_HOST, else 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65_535), help="The port to listen on (DUELY_PORT, else 8080).")
@click.pass_obj
def up(data_dir: Path | None, host: str | None, port: int | None) -> None:
    """Start everything on this machine and keep it running until Ctrl-C.

    Database, Dapr and the page all run as children of this command; it starts again what dies. The first start builds
    the Dapr sidecar (about four minutes); later ones take seconds and need no network.
    """
    from host.runner.up import up as run

    settings = _settings(data_dir)
    sys.exit(run(replace(settings, host=host or settings.host, port=port or settings.port), say))


@main.command()
@click.option("--web", type=MOST_REPLICAS, default=2, show_default=True, help="Processes of the page and API.")
@click.option("--actors", type=MOST_REPLICAS, default=2, show_default=True, help="Processes of actors.")
@click.option("--consumers", type=MOST_REPLICAS, default=2, show_default=True, help="Processes of consumers.")
@click.option("--host", help="The address to listen on (DUELY_HOST, else 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Of the first web process; others take the next ones.")
@click.pass_obj
def cluster(
    data_dir: Path | None, *, web: int, actors: int, consumers: int, host: str | None, port: int | None
) -> None:
    """Start everything on this machine as a cluster: each role as processes of its own, until Ctrl-C.

    As `duely up`, with the processes that a cluster of machines has. Any web process serves anyone.
    """
    from host.runner.cluster import Counts
    from host.runner.cluster import cluster as run

    settings = _settings(data_dir)
    chosen = replace(settings, host=host or settings.host, port=port or settings.port)
    sys.exit(run(chosen, Counts(web, actors, consumers), say))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For a program: everything found, as JSON.")
@click.pass_obj
def doctor(data_dir: Path | None, as_json: bool) -> None:
    """Say what runs, what is reachable from where, who is behind, and what is wrong.

    Ends with 1 when something is wrong.
    """
    from actors.clock import SystemClock
    from host.operator.doctor import database_url, examine
    from host.operator.doctor_text import lines

    settings = _settings(data_dir)
    report = asyncio.run(examine(settings, database_url(settings), SystemClock().now()))
    click.echo(json.dumps(report.as_json(), default=str, indent=1) if as_json else "\n".join(lines(report)))
    sys.exit(1 if report.problems else 0)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(data_dir: Path | None, file: Path) -> None:
    """Write everything worth keeping into FILE, while Duely runs or not.

    The copy is of one instant. FILE holds password hashes: keep it private.
    """
    from actors.clock import SystemClock
    from host.operator.backup import backup as write
    from host.runner.database import database

    with errors_in_words(), database(_settings(data_dir)) as dsn:
        manifest = asyncio.run(write(dsn, file.absolute(), SystemClock().now()))
    click.echo(f"{file}: {manifest.rows:,} rows in {len(manifest.tables)} tables, proof {manifest.proof}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--replace", "overwrite", is_flag=True, help="Also where there is a database already; the old one is put aside."
)
@click.pass_obj
def restore(data_dir: Path | None, file: Path, overwrite: bool) -> None:
    """Bring back what `duely backup` wrote into FILE, and prove that it is the same.

    Duely must not run meanwhile.
    """
    from host.operator.backup import restore as fill
    from host.runner.database import fresh_database

    with errors_in_words(), fresh_database(_settings(data_dir), replace=overwrite) as dsn:
        manifest = asyncio.run(fill(dsn, file.absolute(), replace=overwrite))
    click.echo(f"Restored {manifest.rows:,} rows in {len(manifest.tables)} tables of {manifest.created_at}.")
    click.echo(f"Counted and hashed again, they are the same: proof {manifest.proof}")


@main.command()
@click.option("--from", "start", metavar="INSTANT", help="When time begins: a day or an RFC 3339 instant (now).")
@click.option("--to", "end", metavar="INSTANT", help="When it ends (30 days later).")
@click.option("--step", default="1d", show_default=True, metavar="STRETCH", help="The longest jump: 30m, 6h, 2d.")
@click.option(
    "--backup",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Play with what `duely backup` wrote into this file instead of a copy of your data as it is now.",
)
@click.pass_obj
def simulate(data_dir: Path | None, start: str | None, end: str | None, step: str, file: Path | None) -> None:
    """Let the time ahead pass in seconds, and print what would happen: reminders, occurrences, what falls overdue.

    It plays on a copy in a database of its own, which is gone afterwards. The clock jumps from one thing that is due
    to the next, at most a STEP at once.
    """
    from host.operator.simulate import read_instant, read_stretch, rehearse, scratch

    with errors_in_words(), tempfile.TemporaryDirectory(prefix="duely-copy-") as folder:
        try:
            begins, ends = (read_instant(text) if text else None for text in (start, end))
            longest = read_stretch(step)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        copy = file or _copied(data_dir, Path(folder) / "copy")
        with scratch() as dsn:
            asyncio.run(rehearse(dsn, copy.absolute(), start=begins, end=ends, longest=longest, say=say))


def _copied(data_dir: Path | None, file: Path) -> Path:
    """A backup of the data as it is now."""
    from actors.clock import SystemClock
    from host.operator.backup import backup as write
    from host.runner.database import database

    with database(_settings(data_dir)) as dsn:
        asyncio.run(write(dsn, file, SystemClock().now()))
    return file


@main.group()
def activity() -> None:
    """The activity log and its archive."""


@activity.command("verify")
@click.pass_obj
def activity_verify(data_dir: Path | None) -> None:
    """Hash every entry again, archived or not, and hold each user's chain together from its first entry to its last.

    The archived files of the ledger of reminders are hashed, too. Ends with 1 when an entry was changed or is missing.
    """
    from host.runner.database import database
    from host.store.upkeep.activity_chain import check

    settings = _settings(data_dir)
    with errors_in_words(), database(settings) as dsn:
        report = asyncio.run(check(dsn, settings.archive))
    entries = f"{report.rows:,} entries here and {report.archived_rows:,} in {report.files} archived files"
    click.echo(f"{entries}, of {report.users:,} users; {report.ledger_files} archived files of the ledger")
    for line in (*report.bad_files, *(f"{each.user_id} at {each.position}: {each.why}" for each in report.breaks)):
        click.echo(line)
    if not report.is_whole:
        sys.exit(1)
    click.echo("Every hash holds.")


@main.command()
@click.option("--check", is_flag=True, help="Only look; ends with 1 when a topic is missing or differs.")
@click.option("--partitions", type=click.IntRange(1, 1_000), default=3, show_default=True, help="Of each busy topic.")
@click.option("--replicas", type=click.IntRange(0, 10), default=0, help="Copies of each; 0 is the broker's own choice.")
@click.option("--go-on", is_flag=True, hidden=True, help="Ends with 0 also when the broker cannot be reached.")
@click.pass_obj
def topics(data_dir: Path | None, *, check: bool, partitions: int, replicas: int, go_on: bool) -> None:
    """Make the topics that Kafka lacks, and name those that are not as they are meant.

    What is there is never changed: Kafka would send a user's next events elsewhere than the last, or drop some.
    Their names begin with DUELY_KAFKA_PREFIX.
    """
    from host.operator.topics import TopicsError, ensure
    from host.operator.topics import topics as wanted
    from host.runner.broker import access_of

    settings = _settings(data_dir)
    with errors_in_words():
        access = access_of(settings)
    try:
        found = ensure(access, wanted(partitions, settings.kafka_prefix), replicas=replicas, only_look=check)
    except TopicsError as error:
        if go_on:
            click.echo(f"{error}. Topics were not looked at; run `duely topics` later.")
            return
        raise click.ClickException(str(error)) from error
    for line in found.lines():
        click.echo(line)
    if check and not found.as_meant:
        sys.exit(1)


@main.group()
def user() -> None:
    """The people who have an account."""


@user.command("list")
@click.pass_obj
def user_list(data_dir: Path | None) -> None:
    """List all accounts."""
    from host.operator.user import listed
    from host.runner.database import database

    with errors_in_words(), database(_settings(data_dir)) as dsn:
        click.echo("\n".join(asyncio.run(listed(dsn))))


@user.command("create")
@click.argument("email")
@click.option("--timezone", default="UTC", show_default=True, help="An IANA zone, as Europe/Berlin.")
@click.pass_obj
def user_create(data_dir: Path | None, email: str, timezone: str) -> None:
    """Make an account for EMAIL, also where sign-up is closed. Duely must run."""
    from actors.clock import SystemClock
    from host.operator.user import create
    from host.runner.folder import DataFolder

    settings = _settings(data_dir)
    with errors_in_words():
        running = DataFolder(settings.data_dir).require_running()
        now = SystemClock().now()
        asyncio.run(create(settings, running, email=email, password=_password(), zone=timezone, now=now))
    click.echo(f"{email} can log in at {running.url}")


@user.command("reset-password")
@click.argument("email")
@click.pass_obj
def user_reset_password(data_dir: Path | None, email: str) -> None:
    """Give EMAIL a new password and end all sessions of that account."""
    from host.operator.user import reset_password
    from host.runner.database import database

    with errors_in_words(), database(_settings(data_dir)) as dsn:
        ended = asyncio.run(reset_password(dsn, email, _password()))
    click.echo(f"{email} has a new password; {ended} sessions were ended")


@main.command()
def version() -> None:
    """Say which version this is."""
    from host.runner import sidecar
    from host.version import VERSION

    click.echo(f"duely {VERSION}, for Dapr {sidecar.VERSION}")


@main.command(hidden=True)
@click.pass_obj
def migrate(data_dir: Path | None) -> None:
    """Bring the database at DUELY_DATABASE_URL to the newest schema; `duely up` does it by itself."""
    from host.store.migrate import upgrade

    settings = _settings(data_dir)
    if not settings.database_url:
        raise click.ClickException("DUELY_DATABASE_URL is empty: there is no database to migrate.")
    with errors_in_words():
        asyncio.run(upgrade(settings.database_url))


def say(line: str) -> None:
    """Print a line now. A terminal that has gone away must not end what runs."""
    try:
        click.echo(line)
        sys.stdout.flush()
    except OSError:
        return


def _password() -> str:
    """Asked twice without showing it; one line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


for command in (operations.dead_letters, operations.pause_consumer, operations.rebuild, operations.verify):
    main.add_command(command)


if __name__ == "__main__":
    main()
