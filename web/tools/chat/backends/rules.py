"""The back end without a model."""

from dataclasses import dataclass

from web.tools.chat.backends.backend import Reply, Steps, Turn


@dataclass(frozen=True, slots=True)
class RulesBackend:
    """Answers by rules. They ask by themselves before they delete or change much, and obey no text of a task."""

    name: str = "rules"
    guarded: bool = False

    async def respond(self, turn: Turn, steps: Steps) -> Reply:
        """Returns what the rules answer."""
        from web.tools.chat.rules import Context, State, respond  # noqa: PLC0415  who never chats does not load them

        context = Context(turn.language, turn.zone, turn.now)
        reply = await respond(turn.message, State.from_wire(turn.memory), steps, context)
        return Reply(reply.text, reply.kind, reply.tasks, reply.state.to_wire())
