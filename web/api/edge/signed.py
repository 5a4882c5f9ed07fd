"""Opaque texts that only this server can have made: cursors, consistency tokens, the marks of known browsers and plans to confirm.

Each is signed for one user and one use.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Any, Literal

import orjson

Kind = Literal["cursor", "consistency", "browser", "plan"]
_MAC_BYTES = 16
LONGEST = 8_192  # a cursor holds a title, and a control character is six bytes as JSON


class Signer:
    """Seals small JSON values; a text that was changed, made up or sealed for another user does not open."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, kind: Kind, user_id: str, value: Any) -> str:
        """Returns the value as a text that opens only for the same kind and user."""
        payload = orjson.dumps(value)
        return base64.urlsafe_b64encode(self._mac(kind, user_id, payload) + payload).rstrip(b"=").decode()

    def open(self, kind: Kind, user_id: str, text: str) -> Any | None:
        """Returns the sealed value, or None for a text that is not ours."""
        if len(text) > LONGEST or not text.isascii():
            return None
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            return None
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        return orjson.loads(payload) if hmac.compare_digest(mac, self._mac(kind, user_id, payload)) else None

    def _mac(self, kind: Kind, user_id: str, payload: bytes) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{user_id}\0".encode() + payload, hashlib.sha256)[:_MAC_BYTES]
