"""`duely cluster`: starts several processes of each role on one machine."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from host.operator.command_line import say, settings_of
from host.runner.cluster import Counts, cluster

# The connections of the embedded database suffice for this many processes of each role.
_REPLICAS = click.IntRange(1, 3)


@click.command()
@click.option("--web", type=_REPLICAS, default=2, show_default=True, help="Processes for the web page and the API.")
@click.option("--actors", type=_REPLICAS, default=2, show_default=True, help="Processes for actors.")
@click.option("--consumers", type=_REPLICAS, default=2, show_default=True, help="Processes for consumers.")
@click.option("--host", help="The address to listen on (DUELY_HOST, else 127.0.0.1).")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port of the first web process; the others take the next ports."
)
@click.pass_obj
def cluster_command(
    data_dir: Path | None, *, web: int, actors: int, consumers: int, host: str | None, port: int | None
) -> None:
    """Start Duely as a cluster of processes on this machine.

    Each role (web, actors, consumers) has processes of its own, as on a cluster of machines. Every web process serves
    every user. Otherwise this command works like `duely up`.
    """
    settings = settings_of(data_dir)
    chosen = replace(settings, host=host or settings.host, port=port or settings.port)
    sys.exit(cluster(chosen, Counts(web, actors, consumers), say))
