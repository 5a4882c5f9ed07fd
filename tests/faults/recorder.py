"""The history of a run: a line for each write and for its outcome, in a file that outlives every process."""

import itertools
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

# ok: acknowledged, so its effect must be there. fail: refused or never sent, so it must not. unknown: either.
Outcome = Literal["ok", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One write: a command to one actor, under one Idempotency-Key. `task_id` is the actor's id, whatever its kind."""

    command_id: str
    user_id: str
    task_id: str
    name: str
    title: str = ""
    fires_at: str = ""  # the instant of the firing that it asks for
    kind: str = "TaskActor"
    may_be_refused: bool = False  # because of what time or a consumer may have done before it, or not yet done
    may_be_idle: bool = False  # acknowledged though it changes nothing


@dataclass(slots=True)
class Entry:
    """An operation and its outcome; times are seconds of one monotonic clock. `statuses` counts its bad answers."""

    operation: Operation
    invoked: float
    outcome: Outcome = "unknown"
    ended: float = 0.0
    version: int = 0
    attempts: int = 1
    detail: str = ""
    statuses: dict[str, int] = field(default_factory=dict[str, int])


class Recorder:
    """The writer of the history; the judge reads its file, and nothing of the load's memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)

    def invoke(self, operation: Operation) -> Entry:
        entry = Entry(operation, time.monotonic())
        self._write({"what": "invoke", "at": entry.invoked, **asdict(operation)})
        return entry

    def end(
        self,
        entry: Entry,
        outcome: Outcome,
        *,
        version: int = 0,
        attempts: int = 1,
        detail: str = "",
        statuses: Mapping[str, int] | None = None,
    ) -> None:
        entry.outcome, entry.version, entry.attempts = outcome, version, attempts
        entry.detail, entry.statuses, entry.ended = detail[:300], dict(statuses or {}), time.monotonic()
        result = {name: getattr(entry, name) for name in ("outcome", "version", "attempts", "detail", "statuses")}
        self._write({"what": "end", "at": entry.ended, "command_id": entry.operation.command_id, **result})

    def fault(self, name: str) -> float:
        """Records that a fault begins now; returns the time."""
        at = time.monotonic()
        self._write({"what": "fault", "at": at, "name": name})
        return at

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")


def read(path: Path) -> list[Entry]:
    """Reads the history; an operation that was invoked and never ended is unknown."""
    entries: dict[str, Entry] = {}
    for line in _lines(path.read_text().splitlines()):
        what, at = line.pop("what"), line.pop("at")
        if what == "invoke":
            entries[line["command_id"]] = Entry(Operation(**line), at)
        elif what == "end":
            entry = entries[line.pop("command_id")]
            entry.ended = at
            for name, value in line.items():
                setattr(entry, name, value)
    return list(entries.values())


def _lines(texts: Iterable[str]) -> Iterable[dict[str, Any]]:
    return (json.loads(text) for text in texts)


def longest_stall(entries: list[Entry], since: float, until: float) -> float:
    """Returns the longest time between two acknowledgements in a row."""
    acks = sorted(entry.ended for entry in entries if entry.outcome == "ok" and since <= entry.ended <= until)
    times = [since, *acks, until]
    return max(after - before for before, after in itertools.pairwise(times))


def slowest(entries: list[Entry], since: float, until: float) -> float:
    """Returns the longest wait, retries included, of a write that was acknowledged in that time."""
    waits = (
        entry.ended - entry.invoked for entry in entries if entry.outcome == "ok" and since <= entry.ended <= until
    )
    return max(waits, default=0.0)


def recovery(entries: list[Entry], since: float) -> float:
    """Returns the seconds from an instant to the first acknowledgement of a write that was sent after it."""
    answered = [entry.ended for entry in entries if entry.outcome == "ok" and entry.invoked >= since]
    return min(answered, default=float("inf")) - since
