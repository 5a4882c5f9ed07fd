"""A personal access token as the API shows it, without its secret."""

from typing import Any

from actors.clock import instant_text
from host.store.access.tokens import TokenRow


def token_json(token: TokenRow) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes,
        "prefix": token.prefix,
        "created_at": instant_text(token.created_at),
        "expires_at": instant_text(token.expires_at) if token.expires_at else None,
        "last_used_at": instant_text(token.last_used_at) if token.last_used_at else None,
    }
