"""The hold of a run: what its leader says to the conversation's actor, and what its refusals mean."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

from actors.commands import Cause
from actors.replies import Json, Refused
from web.act import CONVERSATION, Act
from web.tools.chat.limits import RunLeftError, RunLimitError, RunStoppedError

_MEANS: Final[Mapping[str, Exception]] = {
    "run_stopping": RunStoppedError(),
    "conversation_full": RunLimitError("size"),
}


@dataclass(frozen=True, slots=True)
class Hold:
    """A run in the hands of one leader. Each method raises RunLeftError once it is in those of another, or has ended."""

    act: Act
    conversation_id: str
    run_id: str
    holder: str

    async def claim(self) -> None:
        """Takes the run, or holds it for longer; raises RunStoppedError when the person has stopped it."""
        told = await self._say("ClaimRun", {})
        if told["run"]["state"] == "stopping":
            raise RunStoppedError

    async def record(self, index: int, kind: str, value: Json) -> Json:
        """Returns the record at that place: this one, or the one that was there first.

        Raises RunStoppedError and RunLimitError.
        """
        told = await self._say("RecordStep", {"index": index, "kind": kind, "value": value})
        record: Json = told.get("record") or {"kind": kind, "value": value}
        return record

    async def finish(self, body: Json) -> None:
        """Ends the run."""
        await self._say("FinishRun", body)

    async def _say(self, name: str, body: Json) -> Json:
        """Sends a command with an id of its own: the actor knows by the place what it has already.

        The command is no part of the change set.
        """
        act = replace(self.act, command_id=str(uuid4()), cause=Cause("chat", self.run_id))
        told: dict[str, Any] = {"run_id": self.run_id, "holder": self.holder, **dict(body)}
        reply = await act.ask(CONVERSATION, self.conversation_id, act.command(name, told))
        if reply.error is not None:
            raise _meaning(reply.error)
        return reply.value


def _meaning(refusal: Refused) -> Exception:
    return _MEANS.get(refusal.code) or RunLeftError(refusal.code)
