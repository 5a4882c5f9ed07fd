"""A personal access token as the API shows it, without its secret."""

from collections.abc import Iterable
from typing import Any

from actors.clock import instant_text
from host.store.access.tokens import TokenRow


def granted(scopes: Iterable[str]) -> tuple[str, ...]:
    """Returns the scopes of a token, sorted: whoever may write may read, because a write answers with what it changed."""
    wanted = set(scopes)
    return tuple(sorted(wanted | {"read"} if "write" in wanted else wanted))


def token_json(token: TokenRow) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": granted(token.scopes),
        "prefix": token.prefix,
        "created_at": instant_text(token.created_at),
        "expires_at": instant_text(token.expires_at) if token.expires_at else None,
        "last_used_at": instant_text(token.last_used_at) if token.last_used_at else None,
    }
