"""The doc, the one thing an actor stores: its state, the last command, its wake and the outbox of the turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

from actors.commands import TICK, Command
from actors.replies import Accepted, Json, NewerWriterError, Reply

KEY = "doc"
SCHEMA = 1
MAX_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Doc:
    """An actor as its last commit left it, without the outbox.

    `state` is None until the first commit; `wake` is an instant text. `command` is `{id, hash, reply}` of the command
    that made this version, None after a tick. `rest` holds keys that a newer release wrote beside ours.
    """

    version: int = 0
    state: Mapping[str, Any] | None = None
    wake: str | None = None
    command: Json | None = None
    rest: Json = field(default_factory=dict)

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Reads the stored bytes; b"" means that the actor has never committed.

        Raises NewerWriterError when a release with a newer schema wrote them.
        """
        if not data:
            return cls()
        doc = orjson.loads(data)
        if doc.get("schema", SCHEMA) > SCHEMA:
            raise NewerWriterError(f"a doc of schema {doc['schema']}, which this release does not know")
        for written_anew in ("schema", "outbox"):
            doc.pop(written_anew, None)
        return cls(doc.pop("version"), doc.pop("state"), doc.pop("wake", None), doc.pop("command", None), doc)

    def after(self, decision: Accepted, command: Command) -> Self:
        """Returns the next version. A tick is not kept as `command`: repeating it does nothing twice."""
        version = self.version + 1
        reply = Reply.of(decision, version).to_wire()
        applied = None if command.name == TICK else {"id": command.id, "hash": command.hash, "reply": reply}
        return type(self)(version, decision.state, decision.wake, applied, self.rest)

    def written(self, events: list[Json]) -> bytes:
        """Returns the bytes to store, with the CloudEvents of the turn as outbox; at most MAX_BYTES."""
        doc = {
            **self.rest,
            "schema": SCHEMA,
            "version": self.version,
            "state": self.state,
            "wake": self.wake,
            "command": self.command,
            "outbox": events,
        }
        data = orjson.dumps(doc)
        assert len(data) <= MAX_BYTES, "the rules let a doc grow too large"  # noqa: S101  # a bug in decide
        return data
