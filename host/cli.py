"""The command `duely`. Each command imports what it needs when it runs, so that `duely --help` is there at once."""
# ruff: noqa: PLC0415

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from host.settings import Settings


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
def version() -> None:
    """Say which version this is."""
    from importlib.metadata import version as installed

    from host.runner.sidecar import VERSION

    click.echo(f"duely {installed('duely')}, for Dapr {VERSION}")


@main.command(hidden=True)
@click.pass_obj
def migrate(data_dir: Path | None) -> None:
    """Bring the database at DUELY_DATABASE_URL to the newest schema; `duely up` does it by itself."""
    from host.store.migrate import upgrade

    settings = _settings(data_dir)
    if not settings.database_url:
        raise click.ClickException("DUELY_DATABASE_URL is empty: there is no database to migrate.")
    asyncio.run(upgrade(settings.database_url))


def say(line: str) -> None:
    """Print a line now. A terminal that has gone away must not end what runs."""
    try:
        click.echo(line)
        sys.stdout.flush()
    except OSError:
        return


def _settings(data_dir: Path | None) -> "Settings":
    from host.settings import BadSettingError, read_settings

    try:
        settings = read_settings()
    except BadSettingError as error:
        raise click.ClickException(str(error)) from error
    return replace(settings, data_dir=data_dir.absolute()) if data_dir else settings


if __name__ == "__main__":
    main()
