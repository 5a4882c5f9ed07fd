"""Fixtures of all tests: a PostgreSQL of our own, and a fresh, migrated database for each test."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import settings

from host.runner.postgres import EmbeddedPostgres
from host.store.migrate import upgrade
from tests import levels
from tests.support.cases import cases
from tests.support.databases import MIGRATED, copied, execute
from tests.support.in_memory import folder_in_memory
from tests.support.summary import SUMMARY

LEVELS = frozenset({level.name for level in levels.LEVELS})

# No deadline for an example: its time says more about the machine than about the code, and the levels have caps.
settings.register_profile("duely", deadline=None, max_examples=cases(100))
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
    with folder_in_memory(tmp_path_factory.mktemp("cluster")) as folder:
        server = EmbeddedPostgres(folder / "postgres", fsync=False)
        server.start()
        try:
            execute(server, f'CREATE DATABASE "{MIGRATED}"')
            asyncio.run(upgrade(server.dsn(MIGRATED)))
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def template() -> str:
    """The database of which each test has a copy; a module that needs rows has a template of its own."""
    return MIGRATED


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The DSN of a fresh copy of the template, dropped after the test."""
    with copied(postgres, template) as name:
        yield postgres.dsn(name)
