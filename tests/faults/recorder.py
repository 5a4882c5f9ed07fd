"""What the load asked for and what it was told: a line for each, in a file of its own that outlives everything."""

import itertools
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

# ok: acknowledged, must be there. fail: refused or never sent, must not be there. unknown: either.
Outcome = Literal["ok", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One write: a command to one actor, under one Idempotency-Key. `task_id` is the actor's id, whatever its kind."""

    command_id: str
    user_id: str
    task_id: str
    name: str
    title: str = ""
    fires_at: str = ""  # the instant of the reminder that it makes
    kind: str = "TaskActor"
    may_be_refused: bool = False  # because of what time or a consumer may have done before it, or not yet
    may_be_idle: bool = False  # acknowledged though it changes nothing


@dataclass(slots=True)
class Entry:
    """An operation with what became of it; times are seconds of one monotonic clock. `statuses` counts bad answers."""

    operation: Operation
    invoked: float
    outcome: Outcome = "unknown"
    ended: float = 0.0
    version: int = 0
    attempts: int = 1
    detail: str = ""
    statuses: dict[str, int] = field(default_factory=dict[str, int])


class Recorder:
    """Appends to its own file as things happen; the check reads that file and nothing of the load's memory."""

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
        told = {name: getattr(entry, name) for name in ("outcome", "version", "attempts", "detail", "statuses")}
        self._write({"what": "end", "at": entry.ended, "command_id": entry.operation.command_id, **told})

    def fault(self, name: str) -> float:
        """Write down that it was done just now; when that was."""
        at = time.monotonic()
        self._write({"what": "fault", "at": at, "name": name})
        return at

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")


def read(path: Path) -> list[Entry]:
    """The history; what was invoked and never ended is unknown."""
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
    """The longest time between two acknowledgements in a row."""
    acks = sorted(entry.ended for entry in entries if entry.outcome == "ok" and since <= entry.ended <= until)
    times = [since, *acks, until]
    return max(after - before for before, after in itertools.pairwise(times))


def slowest(entries: list[Entry], since: float, until: float) -> float:
    """The longest that a write waited for its acknowledgement which came in that time, asked again as need be."""
    told = (entry.ended - entry.invoked for entry in entries if entry.outcome == "ok" and since <= entry.ended <= until)
    return max(told, default=0.0)


def recovery(entries: list[Entry], since: float) -> float:
    """From an instant to the first acknowledgement of something that was asked after it."""
    answered = [entry.ended for entry in entries if entry.outcome == "ok" and entry.invoked >= since]
    return min(answered, default=float("inf")) - since
