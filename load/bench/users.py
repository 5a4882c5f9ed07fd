"""Many users at once, each with a token, written as the API would have: a thousand sign-ups would only measure argon2."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from actors.commands import Principal, build_command
from actors.doc import Doc
from actors.replies import Accepted
from actors.user import rules
from host.store.turns.actor_state import row_key
from load.bench.system import System
from web.api.edge.credentials import TOKEN_PREFIX, hashed, new_secret

_DOC_SQL = "INSERT INTO dapr_state (key, value) VALUES ($1, $2)"
_USER_SQL = """
INSERT INTO users (id, version, email, zone, name, defaults, created_at)
VALUES ($1, 1, $2, 'Europe/Berlin', '', '{"reminder_offset_minutes": 30}', $3)
"""
_PROFILE = {"zone": "Europe/Berlin", "defaults": {"reminder_offset_minutes": 30}}
_ACCESS_SQL = """
INSERT INTO tokens (id, user_id, name, scopes, prefix, token_hash, created_at, expires_at)
VALUES ($1, $2, 'bench', '{read,write}', $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class User:
    id: str
    token: str


async def add_users(system: System, count: int) -> list[User]:
    """`count` new users that may read and write."""
    now = datetime.now(UTC)
    users = [User(str(uuid4()), TOKEN_PREFIX + new_secret()) for _ in range(count)]
    connection: Any = await system.connect()
    try:
        await connection.executemany(_DOC_SQL, [_document(user, now) for user in users])
        await connection.executemany(_USER_SQL, [(user.id, f"{user.id}@example.org", now) for user in users])
        await connection.executemany(
            _ACCESS_SQL,
            [
                (str(uuid4()), user.id, user.token[:10], hashed(user.token), now, now + timedelta(days=1))
                for user in users
            ],
        )
    finally:
        await connection.close()
    return users


def _document(user: User, now: datetime) -> tuple[str, bytes]:
    """What the consumers know a person by; the row above is there sooner than the projector would write it."""
    asked = build_command(
        "RegisterUser",
        {"email": f"{user.id}@example.org", **_PROFILE},
        id=str(uuid4()),
        principal=Principal("user", user.id, user.id),
        correlation_id=user.id,
        zone="Europe/Berlin",
    )
    decision = rules.decide(None, 0, asked, now)
    assert isinstance(decision, Accepted)
    return row_key("UserActor", user.id), Doc().after(decision, asked).written(decision.events)
