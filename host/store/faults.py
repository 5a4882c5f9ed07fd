"""Faults of the database's disk, by PostgreSQL's codes: why nothing can be written, and what of the files is damaged."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

REMEMBERED_SECONDS: Final = 30.0  # three times the pause between two reports of a process

UNWRITABLE: Final[dict[str, str]] = {
    "53100": "cannot be written: its disk is full; free some space there",
    "25006": "cannot be written: it is read only (a standby, or default_transaction_read_only)",
}
DAMAGED: Final[dict[str, str]] = {
    "XX001": "has a damaged page; run `duely verify`",
    "XX002": "has a damaged index; run `duely verify`",
}


def code_of(error: BaseException) -> str:
    """Returns the SQLSTATE of an error of asyncpg or SQLAlchemy; "" for any other."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


class WriteFaults:
    """The newest reason why the database took no writes. `now_seconds` is a monotonic clock."""

    def __init__(self, now_seconds: Callable[[], float] = time.monotonic) -> None:
        self._now_seconds = now_seconds
        self._why = ""
        self._until = 0.0

    def note(self, error: BaseException, reasons: Mapping[str, str] = UNWRITABLE) -> None:
        """Remembers the error if its code is among the reasons."""
        if why := reasons.get(code_of(error)):
            self._why, self._until = why, self._now_seconds() + REMEMBERED_SECONDS

    def why(self) -> str:
        """Returns the reason, "" if there was none of late."""
        return self._why if self._now_seconds() < self._until else ""
