"""What /chat answers, and what its stream sends, as OpenAPI documents it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.edge.models import Id
from web.api.tasks.models import Task

Kind = Literal["list", "done", "ask", "help", "nothing"]
State = Literal["running", "done", "stopped", "failed", "interrupted"]
CHAT_EXAMPLE: dict[str, Any] = {
    "response": "Added “Call Ana” for Friday at 15:30.",
    "conversation_id": "7d0d4f0e-5d0a-5c3e-8f5e-0f5f3a9d2b11",
    "run_id": "0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11",
    "state": "done",
    "kind": "done",
    "change_set": "0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11",
    "tool_calls": [
        {
            "name": "add-tasks",
            "arguments": {"tasks": [{"line": "Call Ana friday 15:30"}]},
            "results": [{"status": "done", "id": "2f1c8f6e-4f3b-5b8e-a0c9-6a1d2e3f4a5b", "title": "Call Ana"}],
            "total": 1,
        }
    ],
    "tasks": [],
    "usage": {},
}


class ToolCall(BaseModel):
    """A call of a tool: the first 20 of its results, and how many there are. Long arguments are left out."""

    name: str
    arguments: dict[str, Any]
    results: list[dict[str, Any]]
    total: int
    problem: dict[str, Any] | None = None


class ChatAnswer(BaseModel):
    """The answer to a message. `running`: it goes on by itself; read the conversation later."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHAT_EXAMPLE]})

    response: str
    conversation_id: Id
    run_id: Id
    state: State
    kind: Kind
    change_set: Id | None = Field(description="The change set of all that was changed, if anything was")
    tool_calls: list[ToolCall]
    tasks: list[Task] = Field(description="The tasks that the answer is about, at most 50")
    usage: dict[str, int] = Field(description="What a model counted, if there is one")


class ChatAbout(BaseModel):
    """Who answers. A model sees the messages of a conversation and the tasks that it reads to answer them."""

    backend: Literal["rules", "openai"] = Field(description="`rules`: Duely itself, and nothing leaves this server")
    provider: str | None = Field(description="The host that the model is asked at", examples=["api.openai.com"])
    model: str | None
    runs_a_day: int | None = Field(description="How many messages of a user a model answers within 24 hours")


class ChatStart(BaseModel):
    """The data of `event: start`, the first of a streamed answer."""

    conversation_id: Id
    run_id: Id


class ChatText(BaseModel):
    """The data of `event: text`: the next piece of what is being said."""

    text: str


class ChatCall(BaseModel):
    """The data of `event: call`: a tool is called."""

    name: str
    arguments: dict[str, Any]


class ChatResult(BaseModel):
    """The data of `event: result`: what that call gave, or why it was refused."""

    name: str
    output: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


STREAMED = (ChatStart, ChatText, ChatCall, ChatResult)
