"""What the API answers about personal access tokens, as OpenAPI documents it."""

from typing import Literal

from pydantic import BaseModel, Field

from web.api.edge.models import Id, Instant

Scope = Literal["read", "write", "agent"]


class Token(BaseModel):
    id: Id
    name: str = Field(examples=["Backup script"])
    scopes: list[Scope]
    prefix: str = Field(description="The first characters, to tell tokens apart", examples=["duely_a1B2c3"])
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None


class NewToken(Token):
    token: str = Field(description="The secret, shown only in this answer", examples=["duely_a1B2c3…"])


class TokenList(BaseModel):
    items: list[Token]
