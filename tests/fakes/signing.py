"""The key of the tests, and what signs and checks commands with it."""

from actors.clock import Clock, SystemClock
from host.keys.signatures import Signatures

KEY = b"the key of these tests, which is long enough"
OTHER_KEY = b"another key of these tests, as long as that"


def signatures(*keys: bytes, clock: Clock | None = None) -> Signatures:
    """By the real clock: the one that a test moves must not matter."""
    return Signatures(keys or (KEY,), clock or SystemClock())
