"""The programs of Dapr that the runner starts: built once from components/sidecar.

An installed Dapr is not used, even of our version: its ports answer every account of this machine.
"""

import hashlib
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

VERSION = "1.18.3"
BUILDS = "sidecar"  # the folder in the cache that has a folder for each build
PROGRAMS = ("daprd", "placement", "scheduler")


@dataclass(frozen=True, slots=True)
class SidecarPrograms:
    """A folder with the three programs of Dapr in the version that we use."""

    folder: Path

    @property
    def daprd(self) -> str:
        return str(self.folder / "daprd")

    @property
    def placement(self) -> str:
        return str(self.folder / "placement")

    @property
    def scheduler(self) -> str:
        return str(self.folder / "scheduler")


def find(source: Path, cache: Path) -> SidecarPrograms | None:
    """Returns the programs built from exactly these sources; None where they were not built yet."""
    built = built_folder(source, cache)
    return SidecarPrograms(built) if is_ours(built) else None


def is_ours(folder: Path) -> bool:
    """Whether the folder has all three programs in our version."""
    return all(shutil.which(name, path=str(folder)) for name in PROGRAMS) and version_of(folder / "daprd") == VERSION


def version_of(daprd: Path) -> str:
    """Returns what `daprd --version` prints, "" when it does not run."""
    try:
        done = subprocess.run([daprd, "--version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  a program that we looked up
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def built_folder(source: Path, cache: Path) -> Path:
    """Returns the folder for the programs built from `source`; its name is a hash of the sources."""
    digest = hashlib.sha256(f"{VERSION} {platform.system()} {platform.machine()}".encode())
    for path in sorted(source.rglob("*")):
        if path.suffix in {".go", ".mod", ".sum", ".toml"}:
            digest.update(f"\0{path.relative_to(source)}\0".encode() + path.read_bytes())
    return cache / BUILDS / digest.hexdigest()[:16]
