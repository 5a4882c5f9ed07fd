"""A conversation at a desk: the rules alone, and a clock that moves."""

from typing import Any
from uuid import uuid4

import orjson

from actors.conversation.rules import decide
from actors.conversation.state import ConversationState
from actors.replies import Accepted, Decision, Json
from tests.fakes.person import FakeClock, FakePerson


class Talk:
    """One person's conversation; `do` sends a command and keeps what it makes."""

    def __init__(self) -> None:
        self.id = str(uuid4())
        self.person = FakePerson()
        self.clock = FakeClock()
        self.holder = str(uuid4())
        self.state: Any = None
        self.events: list[Json] = []

    def do(self, name: str, body: Json | None = None, *, by: FakePerson | None = None) -> Decision:
        command = (by or self.person).says(name, body)
        decision = decide(self.state, self.version, command, self.clock.now())
        if isinstance(decision, Accepted):
            self.state = orjson.loads(orjson.dumps(decision.state))
            self.events += decision.events
        return decision

    @property
    def version(self) -> int:
        return 0 if self.state is None else int(self.state["version"])

    @property
    def doc(self) -> ConversationState:
        state: ConversationState = self.state
        return state

    def say(self, text: str = "call Ana", **fields: Any) -> Decision:
        message = str(uuid4())
        body = {
            "conversation_id": self.id,
            "message_id": message,
            "run_id": message,
            "text": text,
            "new": self.state is None,
            "scopes": ["read", "write"],
        }
        said = self.do("SayMessage", body | fields)
        if isinstance(said, Accepted):
            assert isinstance(self.run("ClaimRun"), Accepted)
        return said

    def run(self, name: str, **fields: Any) -> Decision:
        """Sends a command about the run that goes on, or about one that never was."""
        run = (self.state or {}).get("run") or {"id": str(uuid4())}
        return self.do(name, {"run_id": run["id"], "holder": self.holder} | fields)

    def record(self, index: int, kind: str = "result", **fields: Any) -> Decision:
        return self.run("RecordStep", index=index, kind=kind, **({"value": {"n": index}} | fields))

    def finish(self, text: str = "Done.", **fields: Any) -> Decision:
        return self.run("FinishRun", **({"state": "done", "text": text, "kind": "done"} | fields))
