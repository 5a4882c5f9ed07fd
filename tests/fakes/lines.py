"""The lines of the log as they are written out, with whose they are."""

import logging

import orjson
import pytest

from host.logs import LineFormatter


class Lines:
    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        caplog.handler.setFormatter(LineFormatter("%(message)s"))
        caplog.set_level(logging.INFO)

    def told(self) -> list[tuple[str, str, str]]:
        """(message, user, correlation id) of each since the last look; "" where there is none."""
        lines = [orjson.loads(line) for line in self._caplog.text.splitlines()]
        self._caplog.clear()
        return [(line["message"], line.get("user_id", ""), line.get("correlation_id", "")) for line in lines]
