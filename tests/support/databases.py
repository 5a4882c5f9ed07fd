"""Databases of one server: a copy of a template for each test, and templates with rows."""

import asyncio
import uuid
from collections.abc import Generator
from contextlib import contextmanager

import asyncpg

from host.runner.postgres import EmbeddedPostgres

MIGRATED = "template_migrated"  # the newest schema without rows


@contextmanager
def copied(server: EmbeddedPostgres, template: str) -> Generator[str]:
    """Yields the name of a copy of the template; drops it at the end of the block."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield name
    finally:
        execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def filled(server: EmbeddedPostgres, *statements: str) -> Generator[str]:
    """Yields the name of a template with the rows that the statements make.

    It takes no connections after that, so that no autovacuum analyzes what a test wants never analyzed.
    """
    with copied(server, MIGRATED) as name:
        execute(server, *statements, database=name)
        execute(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        yield name


def execute(server: EmbeddedPostgres, *statements: str, database: str = "postgres") -> None:
    """Executes the statements over a connection of its own."""

    async def run() -> None:
        connection = await asyncpg.connect(server.dsn(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
