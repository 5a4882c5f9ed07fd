"""The password of the embedded PostgreSQL: a file that only its owner reads, and the database's own when they differ."""

import os
import re
import secrets
import subprocess
from pathlib import Path

from host.runner.postgres_account import Account, PostgresError, binaries

_SET_SECONDS = 60  # after a crash the database first replays its log
_USABLE = re.compile(r"[A-Za-z0-9_-]{16,200}")  # it stands in a URL


class PasswordRefusedError(PostgresError):
    """The file's password is not the database's; the next start sets the database's to it."""


def keep(file: Path) -> bool:
    """Makes the file unless it has a usable password; returns whether it was made."""
    try:
        if _USABLE.fullmatch(file.read_text(encoding="ascii").strip()):
            return False
    except (FileNotFoundError, UnicodeDecodeError):
        pass
    partial = file.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_urlsafe(32))
    partial.replace(file)
    return True


def set_in_stopped(cluster: int, owner: str, password: str, who: Account) -> None:
    """Sets the password of the role in a cluster that no server uses; `cluster` is the folder's descriptor.

    PostgreSQL's single-user mode asks for no password; it must own the files.
    """
    statement = f"ALTER ROLE {owner} PASSWORD '{password}'\n"
    done = subprocess.run(  # noqa: S603  our own binary
        [str(binaries(who) / "postgres"), "--single", "-D", f"/dev/fd/{cluster}", "postgres"],
        input=statement,
        pass_fds=(cluster,),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=_SET_SECONDS,
        **who.popen,
    )
    if done.returncode or "ERROR" in done.stderr:
        raise PostgresError(f"The database's password could not be set: {done.stderr.strip()[-400:]}")
