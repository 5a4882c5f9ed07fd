"""`duely up`: starts everything as children of one command."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from host.operator.command_line import say, settings_of
from host.runner.up import up


@click.command()
@click.option("--host", help="The address to listen on (DUELY_HOST, else 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65_535), help="The port to listen on (DUELY_PORT, else 8080).")
@click.pass_obj
def up_command(data_dir: Path | None, host: str | None, port: int | None) -> None:
    """Start Duely on this machine and run it until Ctrl-C.

    The database, Dapr and the web page run as children of this command, which restarts any that dies. The first start
    builds the Dapr sidecar, which takes about four minutes; later starts take seconds and need no network.
    """
    settings = settings_of(data_dir)
    sys.exit(up(replace(settings, host=host or settings.host, port=port or settings.port), say))
