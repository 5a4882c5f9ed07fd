"""Log lines: one JSON object a line, with the correlation id and the user of the request, turn or event that it belongs to."""

import logging
import sys
from datetime import UTC, datetime
from functools import lru_cache

from pythonjsonlogger.json import JsonFormatter

from actors.context import correlation_id, user_id

# Fields of a record that must never be written out, whoever logs them.
_SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "database_url")


class LineFormatter(JsonFormatter):
    """time, level, logger, message, then the ids, then what the caller added with `extra`."""

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
    """Send every logger's lines to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # These say on every line what our own access line says once, or nothing an operator can act on.
    for name in ("uvicorn.access", "uvicorn.error", "httpx", "asyncio", "grpc"):
        logging.getLogger(name).setLevel(logging.WARNING)
