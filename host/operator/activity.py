"""`duely activity`: checks the hash chain of the activity log, here and in the archive."""

import asyncio
import sys
from pathlib import Path

import click

from host.operator.command_line import settings_of
from host.operator.database import opened
from host.store.upkeep.activity_chain import check


@click.group()
def activity_group() -> None:
    """Check the activity log and its archive."""


@activity_group.command()
@click.pass_obj
def verify(data_dir: Path | None) -> None:
    """Check the hash chain of every user.

    This hashes every entry again, in the database and in the archive, and the archived files of the reminder ledger. The exit code is 1 when an entry was
    changed or is missing.
    """
    settings = settings_of(data_dir)
    with opened(settings) as dsn:
        report = asyncio.run(check(dsn, settings.archive))
    entries = f"{report.rows:,} entries in the database and {report.archived_rows:,} in {report.files} archived files"
    click.echo(f"{entries}, of {report.users:,} users; {report.ledger_files} archived files of the ledger")
    for fault in (*report.bad_files, *(f"{each.user_id} at {each.position}: {each.why}" for each in report.breaks)):
        click.echo(fault)
    if not report.is_whole:
        sys.exit(1)
    click.echo("All hashes match.")
