"""The signatures of commands: only the gateway can make one, and an actor refuses a command without it.

A signed command is `Command.to_wire()` with one more member, `mac`: `{key, at, sig}`, the short id of the key, the second
of signing and the MAC, which is over the whole command, its receiver and that second.
"""

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import orjson

from actors.clock import Clock
from actors.replies import Json

WINDOW_SECONDS: Final = 12 * 3600  # the command log knows an id for 24 h, so what is repeated in here has no effect
MOST_KEYS: Final = 2
_ID_DIGITS: Final = 8

# What is wrong with a command, and what an operator can do when it came from a process of theirs.
_SAME_KEYS: Final = "give all processes the same DUELY_COMMAND_KEY_FILE and start them anew"
_SAME_TIME: Final = "set the clocks of all machines right"
FAULTS: Final[Mapping[str, str]] = {
    "unsigned": "all processes must be of one release",
    "unknown key": _SAME_KEYS,
    "too old": _SAME_TIME,
    "from the future": _SAME_TIME,
    "altered": _SAME_KEYS,
}


class Signatures:
    """Signs with the first key and accepts one or two, so that a key can be replaced while commands are on their way.

    `clock` must show the real time, also where everything else runs on a simulated one.
    """

    def __init__(self, keys: Sequence[bytes], clock: Clock) -> None:
        assert 1 <= len(keys) <= MOST_KEYS  # noqa: S101  `command_keys` refuses any other number
        self._keys = {_key_id(key): key for key in keys}
        self._signing = _key_id(keys[0])
        self._clock = clock

    def sign(self, actor_type: str, actor_id: str, command: Json) -> Json:
        """Returns the command with its signature for that receiver."""
        at = int(self._clock.now().timestamp())
        digest = _mac(self._keys[self._signing], actor_type, actor_id, at, command)
        return {**command, "mac": {"key": self._signing, "at": at, "sig": digest}}

    def fault_of(self, actor_type: str, actor_id: str, command: Any) -> str:
        """Returns which of FAULTS a command that came to that receiver has, "" when our gateway signed it."""
        match command:
            case {"mac": {"key": str(key_id), "at": int(at), "sig": str(sig)}}:
                key = self._keys.get(key_id)
            case _:
                return "unsigned"
        if key is None:
            return "unknown key"
        rest = {name: value for name, value in command.items() if name != "mac"}
        return self._time_fault(at) if _is_mac(sig, key, actor_type, actor_id, at, rest) else "altered"

    def _time_fault(self, at: int) -> str:
        age = self._clock.now().timestamp() - at
        if age > WINDOW_SECONDS:
            return "too old"
        return "from the future" if age < -WINDOW_SECONDS else ""


def _mac(key: bytes, actor_type: str, actor_id: str, at: int, command: Json) -> str:
    """Returns the MAC in hex digits. Keys are in order, so it is the same after the JSON was read and written again."""
    told = orjson.dumps([actor_type, actor_id, at, command], option=orjson.OPT_SORT_KEYS)
    return hmac.digest(key, told, "sha256").hex()


def _is_mac(sig: str, *signed: Any) -> bool:
    try:
        expected = _mac(*signed)
    except TypeError:  # it reads deeper JSON than it writes
        return False
    return hmac.compare_digest(expected.encode(), sig.encode())


def _key_id(key: bytes) -> str:
    return sha256(b"the id of the key " + key).hexdigest()[:_ID_DIGITS]
