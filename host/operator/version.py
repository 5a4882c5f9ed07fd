"""`duely version`: prints the versions of Duely and of the Dapr that it needs."""

import click

from host.runner import sidecar
from host.version import VERSION


@click.command()
def version_command() -> None:
    """Print the version."""
    click.echo(f"duely {VERSION}, for Dapr {sidecar.VERSION}")
