"""The lines of the log as they are written, with the user and the correlation id that they belong to."""

import logging

import orjson
import pytest

from host.logs import LineFormatter


class Lines:
    """The log of a test, in the format of the program."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        caplog.handler.setFormatter(LineFormatter("%(message)s"))
        caplog.set_level(logging.INFO)

    def take(self) -> list[tuple[str, str, str]]:
        """Returns (message, user, correlation id) of each line since the last call; "" where there is none."""
        lines = [orjson.loads(line) for line in self._caplog.text.splitlines()]
        self._caplog.clear()
        return [(line["message"], line.get("user_id", ""), line.get("correlation_id", "")) for line in lines]
