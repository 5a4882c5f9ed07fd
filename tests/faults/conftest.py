"""One real system for the level; the tables of its runs are shown at the end."""

from collections.abc import Iterator

import pytest

from tests.faults import outcome
from tests.system import System, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("faults")) as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for table in outcome.TABLES:
        terminalreporter.write_line(f"\n{table}")
