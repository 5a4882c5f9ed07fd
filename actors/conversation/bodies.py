"""The bodies of the commands to conversations."""

from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from actors.fields import STORABLE, Body, Id, Title
from actors.typed import LINES, VISIBLE

LONGEST_MESSAGE: Final = 20_000
MOST_RECORDS: Final = 200  # of one run
MOST_CARDS: Final = 50
MOST_CALLS: Final = 100
LONGEST_ANSWER: Final = 40_000
MOST_MEMORY_BYTES: Final = 16 * 1024

ReplyKind = Literal["list", "done", "ask", "help", "nothing"]
RunEnd = Literal["done", "stopped", "failed", "interrupted"]
RecordKind = Literal["answer", "plan", "result"]

MessageText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_MESSAGE), VISIBLE, LINES, STORABLE
]
AnswerText = Annotated[str, StringConstraints(max_length=LONGEST_ANSWER), STORABLE]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=100), STORABLE]


def _remembered(memory: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(memory)) > MOST_MEMORY_BYTES:
        raise PydanticCustomError("too_long", "more than a conversation may remember")
    return memory


class SayMessage(Body):
    """What a person says, and the run that is to answer it, which nobody holds yet.

    `new` begins the conversation of that id. `scopes` are the caller's. `confirmed` says yes to what was asked last.
    """

    conversation_id: Id
    message_id: Id
    run_id: Id
    text: MessageText
    new: StrictBool = False
    confirmed: StrictBool = False
    scopes: Annotated[list[_Word], Field(max_length=10)]


class ClaimRun(Body):
    """Makes `holder` the one who runs the run, or lets them hold it for longer."""

    run_id: Id
    holder: Id


class RecordStep(Body):
    """What happened in a run at a place: an answer of a model, the plan of a call, or the result of one."""

    run_id: Id
    holder: Id
    index: Annotated[StrictInt, Field(ge=0, lt=MOST_RECORDS)]
    kind: RecordKind
    value: dict[str, Any]


class FinishRun(Body):
    """The answer of a run, or why it has none.

    `tasks` are the ids of what it shows, `memory` what the next run knows; absent, that stays as it is.
    """

    run_id: Id
    holder: Id
    state: RunEnd
    text: AnswerText
    kind: ReplyKind
    tasks: Annotated[list[Id], Field(max_length=MOST_CARDS)] = Field(default_factory=list)
    calls: Annotated[list[dict[str, Any]], Field(max_length=MOST_CALLS)] = Field(default_factory=list)
    changed: StrictBool = False
    usage: dict[str, int] = Field(default_factory=dict)
    memory: Annotated[dict[str, Any], AfterValidator(_remembered)] = Field(default_factory=dict)


class RenameConversation(Body):
    title: Title
