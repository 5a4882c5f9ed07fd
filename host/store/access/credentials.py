"""Credentials of both kinds, sessions and tokens: which have ended or expired, or are of a deleted user, by whomever."""

from collections.abc import Sequence
from datetime import datetime

from host.store.access.sessions import LONGEST_LIFE
from host.store.engine import Raw


async def ended(connection: Raw, credentials: Sequence[str], now: datetime) -> list[str]:
    """Returns those of the hashes that are no valid session and no valid token."""
    rows = await connection.fetch(
        """SELECT hash FROM unnest($1::text[]) AS hash
           WHERE NOT EXISTS (SELECT FROM sessions s LEFT JOIN users u ON u.id = s.user_id
                             WHERE s.token_hash = hash AND s.expires_at > $2 AND s.created_at > $3 AND u.deleted_at IS NULL)
             AND NOT EXISTS (SELECT FROM tokens t JOIN users u ON u.id = t.user_id
                             WHERE t.token_hash = hash AND (t.expires_at IS NULL OR t.expires_at > $2)
                               AND u.deleted_at IS NULL)""",
        credentials,
        now,
        now - LONGEST_LIFE,
    )
    return [row[0] for row in rows]
