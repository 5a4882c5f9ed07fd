"""Who is asking: a person with a session, or a script or agent with a token."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

FULL_SCOPES: Final = frozenset({"read", "write", "account"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What of a user goes into every command, and what `GET /me` shows."""

    user_id: str
    email: str
    name: str
    zone: str
    defaults: dict[str, Any] = field(default_factory=dict)
    created_at: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Caller:
    """`id` names what acts (the user or the token); `credential` is the hash under which it is kept."""

    profile: Profile
    kind: Literal["user", "token", "agent"]
    id: str
    scopes: frozenset[str]
    credential: str

    @property
    def user_id(self) -> str:
        return self.profile.user_id

    def may(self, access: str) -> bool:
        return access in self.scopes
