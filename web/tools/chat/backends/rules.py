"""The back end without a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actors.replies import Json
from web.tools.chat.backends.backend import Reply, Steps, Turn


@dataclass(frozen=True, slots=True)
class RulesBackend:
    """Answers by rules. They ask by themselves before they delete or change much, and obey no text of a task."""

    name: str = "rules"

    async def respond(self, turn: Turn, steps: Steps) -> Reply:
        """Returns what the rules answer."""
        from web.tools.chat.rules import Context, State, respond  # noqa: PLC0415  who never chats does not load them

        context = Context(turn.language, turn.zone, turn.now)
        reply = await respond(turn.message, State.from_wire(turn.memory), _Unguarded(steps), context)
        return Reply(reply.text, reply.kind, reply.tasks, reply.state.to_wire())


@dataclass(frozen=True, slots=True)
class _Unguarded:
    steps: Steps

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Json:
        return await self.steps.call(name, arguments, guarded=False)
