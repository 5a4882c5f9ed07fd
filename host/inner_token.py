"""The token that the inner listener asks for: a file that only its owner can read, made at the first start."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex, token_urlsafe

from host.settings import BadSettingError, Settings


def token_of(settings: Settings) -> str:
    """Returns the token, "" where none is asked for; raises BadSettingError when its file cannot be read or made."""
    file = settings.inner_token_file
    if file is None:
        return ""
    try:
        if not file.exists():
            _make(file)
        token = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BadSettingError(
            f"DUELY_INNER_TOKEN: {file} cannot be read or made: {why}. Name another file, or set it to off where "
            "only the monitoring can reach the inner port."
        ) from error
    if not token:
        raise BadSettingError(f"DUELY_INNER_TOKEN: {file} is empty. Remove it; the next start makes another.")
    return token


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
