"""The sidecar: the Dapr that this machine has, if it is the right one, else the one built from components/sidecar."""

import hashlib
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

VERSION = "1.18.3"
PROGRAMS = ("daprd", "placement", "scheduler")


@dataclass(frozen=True, slots=True)
class SidecarPrograms:
    """A folder that holds the three programs of Dapr in the version that we use."""

    folder: Path
    origin: str

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
    """An installed Dapr of our version, else what was built before from these very sources."""
    for folder in _installed_folders():
        if is_ours(folder):
            return SidecarPrograms(folder, "installed")
    built = built_folder(source, cache)
    return SidecarPrograms(built, "built here") if is_ours(built) else None


def is_ours(folder: Path) -> bool:
    """Whether the folder has all three programs, and in our version."""
    return all(shutil.which(name, path=str(folder)) for name in PROGRAMS) and version_of(folder / "daprd") == VERSION


def version_of(daprd: Path) -> str:
    """What `daprd --version` says, or "" when it does not run."""
    try:
        done = subprocess.run([daprd, "--version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  a program that we looked up
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def built_folder(source: Path, cache: Path) -> Path:
    """Where the programs built from `source` belong: another source is another folder."""
    digest = hashlib.sha256(f"{VERSION} {platform.system()} {platform.machine()}".encode())
    for path in sorted(source.rglob("*")):
        if path.suffix in {".go", ".mod", ".sum"}:
            digest.update(f"\0{path.relative_to(source)}\0".encode() + path.read_bytes())
    return cache / "sidecar" / digest.hexdigest()[:16]


def _installed_folders() -> list[Path]:
    on_path = shutil.which("daprd")
    return [*([Path(on_path).parent] if on_path else []), Path.home() / ".dapr" / "bin"]
