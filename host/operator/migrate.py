"""`duely migrate`: upgrades the schema of a database that somebody else runs."""

import asyncio
from pathlib import Path

import click

from host.operator.command_line import settings_of
from host.operator.database import errors_as_messages
from host.store.migrate import upgrade


@click.command(hidden=True)
@click.pass_obj
def migrate_command(data_dir: Path | None) -> None:
    """Upgrade the database to the newest schema.

    The database is the one at DUELY_DATABASE_URL. `duely up` does this by itself.
    """
    settings = settings_of(data_dir)
    if not settings.database_url:
        raise click.ClickException("DUELY_DATABASE_URL is empty: there is no database to migrate.")
    with errors_as_messages():
        asyncio.run(upgrade(settings.database_url))
