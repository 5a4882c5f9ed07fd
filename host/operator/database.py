"""The database of a command, and the messages for what keeps a command from working."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import click

from host.console import OperatorError
from host.operator import damage
from host.runner.database import database
from host.runner.postgres import PostgresError
from host.settings import Settings
from host.store.engine import Database, Raw, is_outage

_MENDED_BY_A_START: Final = (
    "The database does not accept the password in postgres/password of the data folder, or that file is gone: stop Duely "
    "and start it again, which mends it. With DUELY_DATABASE_URL, the password in that URL is wrong."
)


@contextmanager
def errors_as_messages() -> Generator[None]:
    """Turns what keeps a command from working into one message without a stack trace; a bug keeps its own."""
    try:
        yield
    except (OperatorError, PostgresError) as error:
        raise click.ClickException(str(error)) from error
    except Exception as error:
        if "password authentication failed" in str(error) or _is_missing_password(error):
            raise click.ClickException(_MENDED_BY_A_START) from error
        if isinstance(error, OSError) and error.filename:
            raise click.ClickException(f"{error.strerror}: {error.filename}") from error
        if not is_outage(error):
            raise
        raise click.ClickException(f"The database does not answer: {error or type(error).__name__}") from error


def _is_missing_password(error: Exception) -> bool:
    return isinstance(error, FileNotFoundError) and Path(error.filename or "").parts[-2:] == ("postgres", "password")


@contextmanager
def opened(settings: Settings) -> Generator[str]:
    """Yields the DSN of the database, which runs for as long as the block; its errors become messages."""
    with errors_as_messages(), database(settings) as dsn:
        try:
            yield dsn
        except Exception as error:
            if (message := damage.error_of(dsn, error)) is not None:
                raise message from error
            raise


@asynccontextmanager
async def connected(dsn: str) -> AsyncGenerator[Raw]:
    """Yields one connection outside any pool."""
    connection = await Database(dsn).open_connection()
    try:
        yield connection
    finally:
        await connection.close()
