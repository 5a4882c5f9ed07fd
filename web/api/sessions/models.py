"""What the API answers about sessions, as OpenAPI documents it."""

from pydantic import BaseModel, Field

from web.api.edge.models import Instant


class Session(BaseModel):
    id: str = Field(examples=["9f86d081884c7d65"])
    created_at: Instant
    last_seen_at: Instant
    expires_at: Instant
    user_agent: str
    address: str
    current: bool


class SessionList(BaseModel):
    items: list[Session]
