"""The sidecar: the Dapr that this machine has, if it is the right one, else the one built from components/sidecar.

`python -m host.runner.sidecar [--find]` prints the folder of its programs; with --find it never builds.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

VERSION = "1.18.3"
PROGRAMS = ("daprd", "placement", "scheduler")


@dataclass(frozen=True, slots=True)
class Sidecar:
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


def find(source: Path, cache: Path) -> Sidecar | None:
    """An installed Dapr of our version, else what was built before from these very sources."""
    for folder in _installed_folders():
        if is_ours(folder):
            return Sidecar(folder, "installed")
    built = built_folder(source, cache)
    return Sidecar(built, "built here") if is_ours(built) else None


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


def main(arguments: list[str]) -> int:
    """Print where the sidecar is; exit 1 when there is none and it was not to be, or could not be, built."""
    from host.console import StartError  # noqa: PLC0415
    from host.runner import places, sidecar_build  # noqa: PLC0415  `--find` is asked often and needs none of it
    from host.settings import cache_dir  # noqa: PLC0415

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    try:
        found = find(places.SIDECAR_SOURCE, cache_dir())
        if found is None and "--find" not in arguments:
            found = sidecar_build.build(places.SIDECAR_SOURCE, cache_dir(), say)
    except StartError as error:
        say(str(error))
        return 1
    if found is None:
        say(f"no Dapr {VERSION} is installed and none was built yet")
        return 1
    sys.stdout.write(f"{found.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
