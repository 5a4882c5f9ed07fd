"""Credentials of both kinds, sessions and tokens: which of them have ended, on whichever replica."""

from collections.abc import Sequence

from host.store.engine import Raw


async def ended(connection: Raw, credentials: Sequence[str]) -> list[str]:
    """Returns those of the hashes that belong to no session and no token any more."""
    rows = await connection.fetch(
        """SELECT hash FROM unnest($1::text[]) AS hash
           WHERE NOT EXISTS (SELECT FROM sessions WHERE token_hash = hash)
             AND NOT EXISTS (SELECT FROM tokens WHERE token_hash = hash)""",
        credentials,
    )
    return [row[0] for row in rows]
