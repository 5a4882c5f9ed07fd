"""Log lines: one JSON object each, with the correlation id and the user of its request, turn or event."""

import logging
import sys
from datetime import UTC, datetime
from functools import lru_cache

from pythonjsonlogger.json import JsonFormatter

from actors.context import correlation_id, user_id

# A field whose name has one of these words is masked, whoever logs it.
_SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "database_url")


class LineFormatter(JsonFormatter):
    """Writes time, level, logger and message, then the fields of `extra` and the ids."""

    def add_fields(
        self, log_data: dict[str, object], record: logging.LogRecord, message_dict: dict[str, object]
    ) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        super().add_fields(log_data, record, message_dict)
        for name, variable in (("correlation_id", correlation_id), ("user_id", user_id)):
            if value := variable.get():
                log_data.setdefault(name, value)
        for name in log_data:
            if _is_secret(name):
                log_data[name] = "***"


@lru_cache(maxsize=1000)
def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_WORDS)


def start_logging(level: str) -> None:
    """Sends the lines of every logger to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # These repeat our own access line, or say nothing that an operator can act on.
    for name in ("uvicorn.access", "uvicorn.error", "httpx", "asyncio", "grpc"):
        logging.getLogger(name).setLevel(logging.WARNING)
