"""A session as the API shows it."""

from typing import Any

from actors.clock import instant_text
from host.store.access.sessions import SessionRow


def session_json(session: SessionRow, current: str) -> dict[str, Any]:
    """Returns what to show of a session; `current` is the public id of the session that asks."""
    return {
        "id": session.id,
        "created_at": instant_text(session.created_at),
        "last_seen_at": instant_text(session.last_seen_at),
        "expires_at": instant_text(session.expires_at),
        "user_agent": session.user_agent,
        "address": session.address,
        "current": session.id == current,
    }
