"""Builds the page where what is there is absent or older than its sources: `python -m host.runner.page_build`."""

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
    """Whether there was anything to do; raises OperatorError with the cause."""
    if not (page / "package.json").is_file():
        raise OperatorError(f"{page} is not there: the page is built from a checkout.")
    if not is_stale(page):
        return False
    workshop = _Workshop(page, log, tools.find_or_install(tools.NODE, checkout.TOOLS, checkout.TOOLS_LOCK, say), say)
    if _newest([page / "package-lock.json"]) > _newest([page / "node_modules" / ".package-lock.json"]):
        workshop.npm("Fetching the page's packages (about 20 seconds)", "ci")
    workshop.npm("Building the page (about 5 seconds)", "run", "build")
    return True


def is_stale(page: Path) -> bool:
    """Whether some source is newer than what was built."""
    return _newest(page / name for name in _SOURCES) >= _newest([page / "dist" / "index.html"])


def _newest(paths: Iterable[Path]) -> float:
    """When the newest file at or below the paths was written; 0 where there is none."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    return max((file.stat().st_mtime for file in files), default=0.0)


@dataclass(frozen=True, slots=True)
class _Workshop:
    page: Path
    log: Path
    node: Path
    say: Say

    def npm(self, what: str, *arguments: str) -> None:
        self.say(what)
        began = time.monotonic()
        # Scripts of packages start `node` by name, and npm itself is one.
        path = f"{self.node.parent}{os.pathsep}{child_environment({}).get('PATH', '')}"
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise OperatorError(f"Node is at {self.node}, but npm is not there: install npm and start again.")

        def beat() -> None:
            self.say(f"  {build_step.minutes(time.monotonic() - began)} so far")

        if build_step.run((npm, *arguments), self.page, self.log, {"PATH": path}, beat) != 0:
            raise OperatorError(f"{what}: that failed; the end of {self.log}:\n{log_files.tail(self.log, 15)}")


def main() -> int:
    """Build it if need be; 1 with the cause when that fails."""

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
