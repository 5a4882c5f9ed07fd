"""What the API answers about conversations, as OpenAPI documents it."""

from typing import Literal

from pydantic import BaseModel, Field

from web.api.chat.models import Kind, ToolCall
from web.api.edge.models import Id, Instant, Page

RunState = Literal["running", "stopping"]


class ConversationItem(BaseModel):
    id: Id
    title: str = Field(description="The first words, until it is given another title")
    messages: int
    run_state: RunState | None = Field(description="While a message is being answered")
    created_at: Instant
    updated_at: Instant


class ConversationPage(Page[ConversationItem]):
    pass


class ConversationMessage(BaseModel):
    """A message of the person, or an answer; an answer has all the fields."""

    id: Id
    role: Literal["person", "assistant"]
    text: str
    at: Instant
    run_id: Id
    state: Literal["done", "stopped", "failed", "interrupted"] | None = None
    kind: Kind | None = None
    change_set: Id | None = None
    tool_calls: list[ToolCall] | None = None
    task_ids: list[Id] | None = None


class Run(BaseModel):
    id: Id
    state: RunState
    began_at: Instant


class Conversation(BaseModel):
    """A conversation with its newest messages: at most 200, and 400 KB. The oldest go first."""

    id: Id
    title: str
    messages: list[ConversationMessage]
    run: Run | None
    created_at: Instant
    updated_at: Instant
