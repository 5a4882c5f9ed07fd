"""The keys that sign commands: a file that only its owner can read, made at the first start, the same for all processes."""

from pathlib import Path
from typing import Final

from actors.clock import SystemClock
from host.keys.secret_file import secret_text
from host.keys.signatures import MOST_KEYS, Signatures
from host.settings import BadSettingError, Settings

SHORTEST: Final = 32  # characters of a key


def signatures_of(settings: Settings) -> Signatures:
    """Returns what signs and checks commands; raises BadSettingError when the file of the keys cannot be used."""
    return signatures_from(settings.command_key_file)


def signatures_from(file: Path) -> Signatures:
    """Returns what signs and checks commands with the keys in that file, by the real clock."""
    text = secret_text("DUELY_COMMAND_KEY_FILE", file, "Name a file that this account can read.")
    keys = [line.strip().encode() for line in text.splitlines() if line.strip()]
    if not 1 <= len(keys) <= MOST_KEYS or min(map(len, keys)) < SHORTEST:
        raise BadSettingError(
            f"DUELY_COMMAND_KEY_FILE: {file} must hold one key a line, the one that signs first, and at most one more "
            f"that is accepted; each has at least {SHORTEST} characters. `openssl rand -hex 32` makes one."
        )
    return Signatures(keys, SystemClock())
