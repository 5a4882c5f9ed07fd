"""The version before, as a tree of its own with the packages of its own lock, made once in Duely's cache.

tests/faults/PREVIOUS names its commit. `python -m tests.upgrade.previous` makes it ahead of the tests.
"""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from host.settings import cache_dir
from tests.replicas import Tree
from tests.system import ROOT

NAMED_IN = ROOT / "tests" / "faults" / "PREVIOUS"
SETUP_SECONDS = 180
_PACKAGES = ("actors", "host", "web")  # compiled once, so that no start of a process has to do it


class NoPreviousError(AssertionError):
    """The commit before is not in this clone; the message says how to get it."""


def previous_tree() -> Tree:
    """Its own set-up makes its own environment. Raises NoPreviousError where git cannot give the commit."""
    commit = NAMED_IN.read_text().strip()
    tree = cache_dir() / "previous" / commit
    with _alone(tree):
        if not (tree / ".venv" / ".ready").is_file():
            shutil.rmtree(tree, ignore_errors=True)
            _unpack(commit, tree)
            done = subprocess.run(
                ["sh", "setup.sh"], cwd=tree, capture_output=True, text=True, check=False, timeout=SETUP_SECONDS
            )
            assert done.returncode == 0, f"the set-up of {commit} failed:\n{done.stdout}{done.stderr}"
            compiled = (str(tree / ".venv/bin/python"), "-m", "compileall", "-q", "-j", "0", ".venv/lib", *_PACKAGES)
            subprocess.run(compiled, cwd=tree, capture_output=True, check=False, timeout=SETUP_SECONDS)
    return Tree(tree, str(tree / ".venv" / "bin" / "python"))


def _unpack(commit: str, tree: Path) -> None:
    done = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise NoPreviousError(
            f"Commit {commit}, the version before (tests/faults/PREVIOUS), is not in this clone: "
            f"{done.stderr.decode().strip()}. A shallow clone has no history: `git fetch --unshallow`, "
            "or in CI check out with the whole history (fetch-depth: 0)."
        )
    tree.mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", str(tree)], input=done.stdout, check=True)


@contextmanager
def _alone(tree: Path) -> Generator[None]:
    """Two runs on one machine make it once."""
    tree.parent.mkdir(parents=True, exist_ok=True)
    with (tree.parent / f"{tree.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{previous_tree().root}\n")
    except NoPreviousError as error:
        sys.exit(str(error))
