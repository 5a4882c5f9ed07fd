"""The build of the page, unless it is newer than its sources: `python -m host.runner.page_build`."""

import os
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from host.console import OperatorError, Say
from host.runner import build_step, checkout, log_files, tools
from host.settings import cache_dir, child_environment

_SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")


def build(page: Path, log: Path, say: Say) -> bool:
    """Builds the page if it is stale and returns whether it was; raises OperatorError with the cause."""
    if not (page / "package.json").is_file():
        raise OperatorError(f"{page} is not there: the page is built from a checkout.")
    if not is_stale(page):
        return False
    here = _PageFolder(page, log, tools.find_or_install(tools.NODE, checkout.TOOLS, checkout.TOOLS_LOCK, say), say)
    if _newest([page / "package-lock.json"]) > _newest([page / "node_modules" / ".package-lock.json"]):
        here.npm("Fetching the page's packages (about 20 seconds)", "ci")
    here.npm("Building the page (about 5 seconds)", "run", "build")
    return True


def is_stale(page: Path) -> bool:
    """Whether a source is newer than the built page."""
    return _newest(page / name for name in _SOURCES) >= _newest([page / "dist" / "index.html"])


def _newest(paths: Iterable[Path]) -> float:
    """Returns the time of the newest file at or below the paths; 0 where there is none."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    return max((file.stat().st_mtime for file in files), default=0.0)


@dataclass(frozen=True, slots=True)
class _PageFolder:
    page: Path
    log: Path
    node: Path
    say: Say

    def npm(self, what: str, *arguments: str) -> None:
        self.say(what)
        began = time.monotonic()
        # npm and the scripts of packages start `node` by its name.
        path = f"{self.node.parent}{os.pathsep}{child_environment({}).get('PATH', '')}"
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise OperatorError(f"Node is at {self.node}, but npm is not there: install npm and start again.")

        def say_progress() -> None:
            self.say(f"  {build_step.minutes(time.monotonic() - began)} so far")

        if build_step.run((npm, *arguments), self.page, self.log, {"PATH": path}, say_progress) != 0:
            raise OperatorError(f"{what} failed; the end of {self.log}:\n{log_files.tail(self.log, 15)}")


def main() -> int:
    """Builds the page if need be; returns exit code 1 and prints the cause when that fails."""

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        build(checkout.PAGE, cache_dir() / "page.log", say)
    except OperatorError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
