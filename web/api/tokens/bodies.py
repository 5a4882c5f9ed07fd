"""The body that making a personal access token accepts."""

from typing import Annotated

from pydantic import Field, StringConstraints

from actors.fields import STORABLE, Body
from web.api.tokens.models import Scope

TokenName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), STORABLE]


class CreateToken(Body):
    """A new token. The scope `write` includes `read`; `agent` may do both, and its changes are marked as an agent's."""

    name: TokenName
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    expires_in_days: Annotated[int, Field(strict=True, ge=1, le=3_650)] | None = None
