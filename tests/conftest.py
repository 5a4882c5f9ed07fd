"""Fixtures of all tests: a PostgreSQL of our own, and a fresh, migrated database for each test."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from host.runner.postgres import EmbeddedPostgres
from host.store.migrate import upgrade
from tests import levels
from tests.support.summary import SUMMARY

TEMPLATE = "template_migrated"
LEVELS = frozenset({level.name for level in levels.LEVELS})

# No deadline for an example: its time says more about the machine than about the code, and the levels have caps.
settings.register_profile("duely", deadline=None)
settings.load_profile("duely")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses a test without a level: `make test` would never run it, and nobody would notice."""
    homeless = {
        item.nodeid.partition("::")[0] for item in items if not LEVELS & {mark.name for mark in item.iter_markers()}
    }
    if homeless:
        raise pytest.UsageError(
            f"tests without a level; give their files a `pytestmark`: {', '.join(sorted(homeless))}"
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in SUMMARY:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL without durability, with a migrated template database; it ends with the session."""
    server = EmbeddedPostgres(Path(tmp_path_factory.mktemp("cluster")) / "postgres", fsync=False)
    server.start()
    try:
        _admin(server, f'CREATE DATABASE "{TEMPLATE}"')
        asyncio.run(upgrade(server.dsn(TEMPLATE)))
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The DSN of a fresh database with the newest schema, dropped after the test."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _admin(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
    try:
        yield postgres.dsn(name)
    finally:
        _admin(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


def _admin(server: EmbeddedPostgres, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(server.dsn("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
