"""One real machine for the level; the tables of its runs are shown at the end."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.faults.machine import Machine, machine
from tests.faults.table import TABLES


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture(scope="session")
def seed() -> int:
    """Of chance, unless DUELY_TEST_SEED names one; shown with the table."""
    return int(os.environ.get("DUELY_TEST_SEED") or random.SystemRandom().randrange(1, 1_000_000))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for table in TABLES:
        terminalreporter.write_line(f"\n{table}")
