"""What every command shares: the settings it runs with, and how it tells what keeps it from working."""
# ruff: noqa: PLC0415  `duely --help` imports nothing that it does not need

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from host.settings import Settings


@contextmanager
def errors_in_words() -> Generator[None]:
    """What keeps a command from working, in words and without a stack trace."""
    from host.console import OperatorError
    from host.runner.postgres import PostgresError
    from host.store.engine import is_outage

    try:
        yield
    except (OperatorError, PostgresError) as error:
        raise click.ClickException(str(error)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.filename:
            raise click.ClickException(f"{error.strerror}: {error.filename}") from error
        if not is_outage(error):
            raise
        raise click.ClickException(f"The database does not answer: {error or type(error).__name__}") from error


def settings_of(data_dir: Path | None) -> "Settings":
    """From the environment, with the folder named on the command line over it."""
    from host.settings import BadSettingError, read_settings

    try:
        settings = read_settings()
    except BadSettingError as error:
        raise click.ClickException(str(error)) from error
    return replace(settings, data_dir=data_dir.absolute()) if data_dir else settings
