"""A file that holds a secret: only its owner can read it, and the first process that needs it makes it."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex, token_urlsafe

from host.settings import BadSettingError


def secret_text(setting: str, file: Path, otherwise: str) -> str:
    """Returns what the file holds, and makes it with a random secret when it is absent.

    Raises BadSettingError, which names the setting and says what to do `otherwise`.
    """
    try:
        if not file.exists():
            _make(file)
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BadSettingError(f"{setting}: {file} cannot be read or made: {why}. {otherwise}") from error


def _make(file: Path) -> None:
    """Writes the file whole or not at all; of several processes that start at once the first one makes it for all."""
    for folder in reversed((file.parent, *file.parent.parents)):  # `mkdir(parents=True)` ignores the mode for parents
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
    own = file.with_name(f"{file.name}.{token_hex(8)}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as opened:
            opened.write(f"{token_urlsafe(32)}\n")
        with suppress(FileExistsError):
            file.hardlink_to(own)
    finally:
        own.unlink()
