"""The state of a conversation: what was said and answered, and the run that answers now. Pure."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NotRequired, cast

import orjson
from typing_extensions import TypedDict

from actors.conversation.bodies import RecordKind, ReplyKind, RunEnd
from actors.replies import Json
from actors.shapes import Conversation

MOST_MESSAGES: Final = 200
MOST_BYTES: Final = 400 * 1024
_LONGEST_TITLE: Final = 60


class Message(TypedDict):
    """What a person said, or the answer of a run to it.

    Only an answer has the fields from `state` on. `calls` are those of tools, as they are shown; `changed` says whether
    one of them changed anything, and then the id of the run is that of the change set.
    """

    id: str
    role: Literal["person", "assistant"]
    text: str
    at: str
    run_id: str
    state: NotRequired[RunEnd]
    kind: NotRequired[ReplyKind]
    tasks: NotRequired[list[str]]
    calls: NotRequired[list[Json]]
    changed: NotRequired[bool]
    usage: NotRequired[dict[str, int]]


class Record(TypedDict):
    """What happened in a run. A plan is kept until its result is there."""

    kind: RecordKind
    value: Json


class Run(TypedDict):
    """A run that goes on. It keeps what it began with: who asked, with which scopes, when, where, in which language.

    `confirmed`: the person has said yes to what was asked last. `holder` is empty until somebody claims the run.
    """

    id: str
    message_id: str
    state: Literal["running", "stopping"]
    began_at: str
    zone: str
    language: str
    caller: Json  # {kind, id, scopes}
    confirmed: bool
    holder: str
    leased_until: str
    records: list[Record]


class ConversationState(TypedDict):
    """What the doc of a conversation holds. Only `summary` of it goes into events."""

    id: str
    user_id: str
    version: int
    title: str
    messages: list[Message]
    memory: Json
    run: Run | None
    created_at: str
    updated_at: str
    deleted_at: str | None


def new(conversation_id: str, user_id: str, text: str, now_text: str) -> ConversationState:
    """Returns a conversation without a message, whose title is the first words of the text."""
    return {
        "id": conversation_id,
        "user_id": user_id,
        "version": 0,
        "title": title_of(text),
        "messages": [],
        "memory": {},
        "run": None,
        "created_at": now_text,
        "updated_at": now_text,
        "deleted_at": None,
    }


def tombstone(state: ConversationState, now_text: str) -> ConversationState:
    """Returns what is left of a conversation that is forgotten: nothing that anybody said."""
    stone = new(state["id"], state["user_id"], "", now_text)
    return {**stone, "version": state["version"] + 1, "created_at": state["created_at"], "deleted_at": now_text}


def title_of(text: str) -> str:
    """Returns the first words of a text, on one line."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_TITLE:
        return line
    head, space, _ = line[:_LONGEST_TITLE].rpartition(" ")
    return f"{head if space else line[: _LONGEST_TITLE - 1]}…"


def summary(state: ConversationState) -> Conversation:
    """Returns what events and the read model know of a conversation: ids and counts, no text."""
    run = state["run"]
    return {
        "id": state["id"],
        "user_id": state["user_id"],
        "version": state["version"],
        "messages": len(state["messages"]),
        "run": run
        and {
            "id": run["id"],
            "state": run["state"],
            "records": len(run["records"]),
            "leased_until": run["leased_until"],
        },
        "created_at": state["created_at"],
        "updated_at": state["updated_at"],
        "deleted_at": state["deleted_at"],
    }


def summary_of(state: Mapping[str, Any]) -> Json:
    """Returns the summary of a stored state."""
    return {**summary(cast("ConversationState", state))}


def fitted(state: ConversationState) -> ConversationState | None:
    """Returns the conversation without its oldest messages, as far as its limits ask for that.

    Returns None when all the messages but the newest would not make room enough.
    """
    messages = state["messages"]
    dropped = max(0, len(messages) - MOST_MESSAGES)
    size = _size(state) - sum(map(_size, messages[:dropped]))
    while size > MOST_BYTES:
        if dropped >= len(messages) - 1:
            return None
        size -= _size(messages[dropped])
        dropped += 1
    return {**state, "messages": messages[dropped:]} if dropped else state


def _size(part: Any) -> int:
    return len(orjson.dumps(part))
