"""Runs each level of the tests that this machine can run, under a time limit, and counts the results.

`make test` calls it. With DUELY_TEST_ALL=1, as in CI, a skipped test or level is a failure.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree as ET

from load.bench import broker

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
LAST_LINES = 5  # of a command that failed, repeated at the end


@dataclass(frozen=True)
class Level:
    """One row of the table: the commands of a level (none: pytest), its time limit, and what it needs.

    `missing` returns what this machine lacks and how to get it, or "".
    """

    name: str
    cap_seconds: int
    commands: tuple[tuple[str, ...], ...] = ()
    missing: Callable[[], str] = lambda: ""
    folder: Path = ROOT
    others: tuple[str, ...] = ()  # folders of tests beside the one of its name

    @property
    def tests(self) -> tuple[str, ...]:
        """Returns the folders in which pytest looks for its tests; to look into all takes longer than some levels."""
        return tuple(f"tests/{name}" for name in (self.name, *self.others) if (ROOT / "tests" / name).is_dir())


@dataclass
class Result:
    """The counts of one level, and notes on what failed."""

    level: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def _no_node() -> str:
    if not (ROOT / "web/ui/node_modules").is_dir():
        return "no web/ui/node_modules: run `make page` (Node 20.19 or newer)"
    return ""


def _no_sidecar() -> str:
    search = subprocess.run(
        [PYTHON, "-m", "host.runner.sidecar_build", "--find"], capture_output=True, check=False, cwd=ROOT
    )
    return "" if search.returncode == 0 else "no Dapr sidecar yet: run `make sidecar` (Go 1.26.6 or newer)"


def _no_broker() -> str:
    return broker.missing() or _no_sidecar()


def _no_chromium() -> str:
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return "no Chromium: install the package `chromium`"
    return _no_sidecar()


def _no_browser() -> str:
    if not (ROOT / "web/ui/dist/index.html").is_file():
        return "the page is not built: run `make page`"
    return _no_chromium()


CHECKS = (
    (str(BIN / "ruff"), "check", "."),
    (str(BIN / "ruff"), "format", "--check", "."),
    (str(BIN / "mypy"),),
    (str(BIN / "basedpyright"),),
    (str(BIN / "lint-imports"),),
)

LEVELS = (
    Level("check", 240, CHECKS),
    Level("page", 120, (("npm", "run", "check"), ("npm", "test")), _no_node, ROOT / "web/ui"),
    Level("unit", 120, others=("faults", "support")),
    Level("turns", 60),
    Level("store", 300),
    Level("api", 300),
    Level("agents", 300),
    Level("contract", 120),
    Level("cases", 300, tuple((PYTHON, "-m", "tests.cases", name) for name in ("time", "quick-add", "chat"))),
    Level("live", 360, missing=_no_sidecar),
    Level("cluster", 240, missing=_no_sidecar),
    Level("faults", 300, missing=_no_sidecar),
    Level("selection", 360, missing=_no_broker, others=("faults",)),
    Level("upgrade", 240, missing=_no_sidecar),
    Level("browser", 480, missing=_no_browser),
    Level("hostile", 240, missing=_no_chromium),
    Level("kafka", 240, missing=_no_broker),
    Level("year", 240),
    Level("bench", 180, ((PYTHON, "-m", "load.bench", "--smoke"),), _no_sidecar),
)

# What takes too long for CI: `make nightly` runs it. CI has a smaller one of each.
_PYTEST = (PYTHON, "-m", "pytest", "-q", "--timeout=1500")
NIGHTLY = (
    Level("year 400", 1800, ((PYTHON, "-m", "tests.year", "--series", "400"),)),
    Level("properties", 3600, (("env", "CASES=10000", *_PYTEST, "-m", "unit and hypothesis", "tests/unit"),)),
    Level("lost", 240, (("env", "CASES=1000", *_PYTEST, "tests/live/test_lost_scheduler.py"),), _no_sidecar),
    Level("oracle", 1800, (("env", "CASES=10000", *_PYTEST, "tests/unit/recurrence/test_oracle.py"),)),
)


def run_level(level: Level, *, everything: bool) -> Result:
    """Runs one level; where it cannot run, the result says how to get what it needs."""
    result = Result(level.name)
    if reason := level.missing():
        result.skipped += 1
        result.notes.append(reason)
        if everything:
            result.failed += 1
        return result
    started = time.monotonic()
    if level.commands:
        _run_commands(level, result)
    else:
        _run_pytest(level, result, everything=everything)
    result.seconds = time.monotonic() - started
    return result


def _run_commands(level: Level, result: Result) -> None:
    deadline = time.monotonic() + level.cap_seconds
    for command in level.commands:
        last: deque[str] = deque(maxlen=LAST_LINES)
        if _run(command, level.folder, deadline - time.monotonic(), last) == 0:
            result.passed += 1
        else:
            result.failed += 1
            result.notes += [f"failed: {' '.join(command)}", *last]


def _run_pytest(level: Level, result: Result, *, everything: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = (
            PYTHON,
            "-m",
            "pytest",
            "-q",
            "-m",
            level.name,
            "--durations=3",
            f"--junitxml={report}",
            *level.tests,
        )
        code = _run(command, ROOT, level.cap_seconds)
        counts = ET.parse(report).getroot() if report.is_file() else None  # noqa: S314  our own file
        suite = counts.find("testsuite") if counts is not None else None
        if suite is None:
            result.failed += 1
            result.notes.append(f"pytest ended with {code} and without a report (limit {level.cap_seconds} s)")
            return
        result.skipped = int(suite.get("skipped", "0"))
        result.failed = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
        result.passed = int(suite.get("tests", "0")) - result.skipped - result.failed
        result.notes += [f"failed: {name}" for name in _failed(suite)]
    if everything and result.skipped:
        result.failed += result.skipped
        result.notes.append("skipped tests count as failures (DUELY_TEST_ALL=1)")
    if code != 0 and result.failed == 0:
        result.failed += 1
        result.notes.append(f"pytest ended with {code}")


def _failed(suite: ET.Element) -> list[str]:
    """Returns each failed test, with the first line of the reason."""
    return [
        f"{case.get('classname')}::{case.get('name')}: {(reason.get('message') or '').partition(chr(10))[0][:200]}"
        for case in suite.iter("testcase")
        for reason in (*case.findall("failure"), *case.findall("error"))
    ]


def _run(command: tuple[str, ...], folder: Path, seconds: float, last: deque[str] | None = None) -> int:
    """Runs a command and returns its exit code; collects its last lines in `last`.

    After `seconds` it is ended, with every process of its group, and the code is 124.
    """
    output = None if last is None else subprocess.PIPE
    process = subprocess.Popen(command, cwd=folder, start_new_session=True, stdout=output, stderr=subprocess.STDOUT)
    output_reader = Thread(target=_pass_on, args=(process, last), daemon=True)
    output_reader.start()
    try:
        return process.wait(timeout=max(seconds, 1))
    except (subprocess.TimeoutExpired, KeyboardInterrupt) as stopped:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if isinstance(stopped, KeyboardInterrupt):
            raise
        return 124
    finally:
        output_reader.join(timeout=2)  # a process that the command left behind may hold the pipe for longer


def _pass_on(process: subprocess.Popen[bytes], last: deque[str] | None) -> None:
    for line in process.stdout or ():
        words = line.decode(errors="replace").rstrip()
        print(words, flush=True)
        if last is not None:
            last.append(words)


def main() -> int:
    """Runs the levels named on the command line, or all of them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make test", description=__doc__)
    parser.add_argument("levels", nargs="*", choices=[*(level.name for level in LEVELS), []], default=[])
    parser.add_argument("--nightly", action="store_true", help="run what takes too long for CI instead")
    arguments = parser.parse_args()
    wanted = arguments.levels
    everything = os.environ.get("DUELY_TEST_ALL") == "1"
    results: list[Result] = []
    for level in NIGHTLY if arguments.nightly else LEVELS:
        if wanted and level.name not in wanted:
            continue
        print(f"\n== {level.name}: at most {level.cap_seconds} s", flush=True)
        results.append(run_level(level, everything=everything))
    print("\nlevel      passed failed skipped  seconds")
    for result in results:
        print(f"{result.level:10} {result.passed:6} {result.failed:6} {result.skipped:7} {result.seconds:8.1f}")
        for note in result.notes:
            print(f"           {note}")
    totals = [sum(getattr(result, name) for result in results) for name in ("passed", "failed", "skipped")]
    print(f"\n{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
