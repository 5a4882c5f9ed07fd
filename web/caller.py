"""Who is asking: a person with a session, or a script or agent with a token."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

FULL_SCOPES: Final = frozenset({"read", "write", "account"})


@dataclass(frozen=True, slots=True)
class Profile:
    """A user as every command needs it and as `GET /me` shows it."""

    user_id: str
    email: str
    name: str
    zone: str
    defaults: dict[str, Any] = field(default_factory=dict)
    created_at: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever acts: `id` is that of the user or of the token; `credential` is the hash under which the database keeps it."""

    profile: Profile
    kind: Literal["user", "token", "agent"]
    id: str
    scopes: frozenset[str]
    credential: str

    @property
    def user_id(self) -> str:
        return self.profile.user_id

    def may(self, access: str) -> bool:
        """Returns whether the caller may use routes of that access: read, write or account."""
        return access in self.scopes
