"""What each upgrade cost is shown at the end."""

from typing import Final

import pytest

TABLES: Final[list[str]] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for table in TABLES:
        terminalreporter.write_line(f"\nUpgrade ({table})")
