"""What a command does to a conversation: one pure function a command, named in the table COMMANDS."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from actors.clock import instant_text
from actors.commands import TICK, Command
from actors.conversation import run as runs
from actors.conversation.state import ConversationState, Message, Run, fitted, new, summary, tombstone
from actors.events import Fact, cloud_events
from actors.replies import Accepted, Decision, Json, Refused, Unchanged, UnknownNameError

NOT_FOUND: Final = Refused("conversation_not_found", "There is no such conversation.", 404)


def decide(state: ConversationState | None, version: int, command: Command, now: datetime) -> Decision:  # noqa: ARG001  # the shape of every decide
    """Returns what `command` makes of a conversation (None: not there yet).

    Raises UnknownNameError for a command of a newer release.
    """
    if command.name == TICK:
        return Unchanged({})
    act = COMMANDS.get(command.name)
    if act is None:
        raise UnknownNameError(f"a conversation knows no command {command.name}")
    if state is None and command.name == "SayMessage" and command.body.get("new"):
        state = _begun(command, now)
    if state is None or state["deleted_at"] is not None or state["user_id"] != command.principal.user_id:
        return NOT_FOUND
    return act(state, command, now)


def _begun(command: Command, now: datetime) -> ConversationState:
    body = command.body
    return new(body["conversation_id"], command.principal.user_id, body["text"], instant_text(now))


def say(state: ConversationState, command: Command, now: datetime) -> Decision:
    """Adds a message and begins its run. A message that is there already, by a repeated request, begins nothing."""
    body, now_text = command.body, instant_text(now)
    if any(message["id"] == body["message_id"] for message in state["messages"]):
        return Unchanged(_reply(state))
    if state["run"] is not None:
        return _busy(state["run"])
    message: Message = {
        "id": body["message_id"],
        "role": "person",
        "text": body["text"],
        "at": now_text,
        "run_id": body["run_id"],
    }
    said: ConversationState = {
        **state,
        "messages": [*state["messages"], message],
        "run": runs.begun(command, now),
        "updated_at": now_text,
    }
    return _accepted(said, Fact("conversation.said", data={"retitled": state["version"] == 0}), command, now)


def _busy(run: Run) -> Refused:
    detail = "Your last message is still being answered: wait for the answer, or stop it, and send this one again."
    return Refused("run_in_progress", detail, 409, {"run_id": run["id"]})


def claim(state: ConversationState, command: Command, now: datetime) -> Decision:
    """Gives the run to another holder, or to the same one for longer."""
    run = runs.claimed(state, command, now)
    return run if isinstance(run, Refused) else _progressed({**state, "run": run}, command, now)


def record(state: ConversationState, command: Command, now: datetime) -> Decision:
    """Adds a record to the run. Where one stands already, the first stays and is what the reply shows."""
    body = command.body
    run = runs.held(state, body)
    if isinstance(run, Refused):
        return run
    if body["index"] < len(run["records"]):
        return Unchanged({"record": run["records"][body["index"]]})
    after = runs.recorded(run, command, now)
    return after if isinstance(after, Refused) else _progressed({**state, "run": after}, command, now)


def stop(state: ConversationState, command: Command, now: datetime) -> Decision:
    """Asks the run to end after the call that is under way."""
    run = state["run"]
    if run is None or run["state"] == "stopping":
        return Unchanged(_reply(state))
    return _progressed({**state, "run": {**run, "state": "stopping"}}, command, now)


def finish(state: ConversationState, command: Command, now: datetime) -> Decision:
    """Ends the run with its answer, which becomes a message."""
    body, now_text = command.body, instant_text(now)
    run = runs.held(state, body)
    if isinstance(run, Refused):
        return run
    after: ConversationState = {
        **state,
        "messages": [*state["messages"], runs.answered(run, body, now_text)],
        "memory": body.get("memory", state["memory"]),
        "run": None,
        "updated_at": now_text,
    }
    return _accepted(after, Fact("conversation.answered"), command, now)


def rename(state: ConversationState, command: Command, now: datetime) -> Decision:
    """Sets the title."""
    if state["title"] == command.body["title"]:
        return Unchanged(_reply(state))
    after: ConversationState = {**state, "title": command.body["title"]}
    return _accepted(after, Fact("conversation.renamed", data={"retitled": True}), command, now)


def forget(state: ConversationState, command: Command, now: datetime) -> Decision:
    """Leaves a tombstone as the last version: nothing that was said."""
    now_text = instant_text(now)
    return _told(tombstone(state, now_text), Fact("conversation.deleted", data={"retitled": True}), command, now_text)


def _progressed(state: ConversationState, command: Command, now: datetime) -> Decision:
    return _accepted(state, Fact("conversation.progressed"), command, now)


def _accepted(state: ConversationState, fact: Fact, command: Command, now: datetime) -> Decision:
    """Returns the next version, without old messages where it is too large."""
    after = fitted({**state, "version": state["version"] + 1})
    return runs.FULL if after is None else _told(after, fact, command, instant_text(now))


def _told(after: ConversationState, fact: Fact, command: Command, now_text: str) -> Accepted:
    told = Fact(fact.type, {}, {"conversation_id": after["id"], "conversation": summary(after), **fact.data})
    events = cloud_events("ConversationActor", after, [told], command, now_text)
    return Accepted(after, events, None, _reply(after))


def _reply(state: ConversationState) -> Json:
    """Returns what goes into the command log too, which nobody can make forget: no text."""
    return {**summary(state)}


# Every command of a conversation; only SayMessage also comes before there is one.
COMMANDS: Mapping[str, Callable[[ConversationState, Command, datetime], Decision]] = {
    "SayMessage": say,
    "ClaimRun": claim,
    "RecordStep": record,
    "StopRun": stop,
    "FinishRun": finish,
    "RenameConversation": rename,
    "ForgetConversation": forget,
}
