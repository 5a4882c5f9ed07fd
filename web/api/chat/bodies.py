"""The body of /chat."""

from pydantic import Field, StrictBool

from actors.conversation.bodies import MessageText
from actors.fields import Body, Id


class Chat(Body):
    message: MessageText
    conversation_id: Id | None = Field(default=None, description="Absent: a new conversation begins")
    confirm: StrictBool = Field(default=False, description="Says yes to the changes that the last answer asked about")
