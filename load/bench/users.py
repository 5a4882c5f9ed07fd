"""Many users at once, each with a token, written as the API would have: a thousand sign-ups would only measure argon2."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson

from actors.user import rules
from load.bench.seed import DEFAULTS, ZONE, Row, documents, seed
from load.bench.system import System
from web.api.edge.credentials import TOKEN_PREFIX, hashed, new_secret

_USER_SQL = """
INSERT INTO users (id, version, email, zone, name, defaults, created_at) VALUES ($1, 1, $2, $3, '', $4, $5)
ON CONFLICT (id) DO NOTHING  -- where the projector was sooner
"""
_ACCESS_SQL = """
INSERT INTO tokens (id, user_id, name, scopes, prefix, token_hash, created_at, expires_at)
VALUES ($1, $2, 'bench', '{read,write}', $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may read and write with this token."""

    id: str
    token: str

    @property
    def email(self) -> str:
        return f"{self.id}@example.org"


async def add_users(system: System, count: int) -> list[User]:
    """Adds `count` users and returns them. Their rows need not wait for the projector."""
    now = datetime.now(UTC)
    users = [User(str(uuid4()), TOKEN_PREFIX + new_secret()) for _ in range(count)]
    await seed(system, [row for user in users for row in _documents(user)])
    rows = [(user.id, user.email, ZONE, orjson.dumps(DEFAULTS).decode(), now) for user in users]
    tomorrow = now + timedelta(days=1)
    tokens = [(str(uuid4()), user.id, user.token[:10], hashed(user.token), now, tomorrow) for user in users]
    async with system.database() as database:
        await database.executemany(_USER_SQL, rows)
        await database.executemany(_ACCESS_SQL, tokens)
    return users


def _documents(user: User) -> list[Row]:
    body = {"email": user.email, "zone": ZONE, "defaults": DEFAULTS}
    return list(documents("UserActor", rules.decide, "RegisterUser", user.id, [(user.id, body)]))
