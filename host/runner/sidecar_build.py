"""The build of the sidecar: done once, under a lock, and moved into place when it is complete.

`python -m host.runner.sidecar_build [--find]` prints the folder of its programs; with --find it never builds.
"""

import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from host.console import OperatorError, Say
from host.runner import build_step, checkout, sidecar, sidecar_edits, tools
from host.runner.sidecar import VERSION, SidecarPrograms
from host.settings import cache_dir

_FLAGS = ("-buildvcs=false", "-trimpath", "-v", "-ldflags")
# peers_linux.go takes a variable of Go's own package for accepting connections, which the linker refuses by default.
_LINK = f"-s -w -checklinkname=0 -X github.com/dapr/dapr/pkg/buildinfo.version={VERSION} -X github.com/dapr/kit/logger.DaprVersion={VERSION}"
_FOLDER_MARK = "folder of "  # what else Go writes stands in the same log
_ENVIRONMENT = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-mod=readonly"}

# A pattern in the log of a failed build, and what to do about it.
_REMEDIES = (
    (
        r"no space left on device",
        "The disk is full: the first build needs about 3 GB for Go's modules and build cache.",
    ),
    (
        r"dial tcp|no such host|i/o timeout|TLS handshake|connection refused",
        "The first build fetches Go modules and could not: check the network (or GOPROXY) and start again.",
    ),
    (r"permission denied", "Go may not write to its caches: see `go env GOMODCACHE GOCACHE`."),
)


def build(source: Path, cache: Path, say: Say) -> SidecarPrograms:
    """Returns the sidecar built from `source`; raises OperatorError with the cause, the remedy and the log."""
    if not (source / "go.mod").is_file():
        raise OperatorError(f"The Dapr sidecar is not built, and {source} is not there to build it from.")
    target = sidecar.built_folder(source, cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    with build_step.locked(target.with_suffix(".lock"), "building the sidecar", say):
        if not sidecar.is_ours(target):
            go = tools.find_or_install(tools.GO, checkout.TOOLS, checkout.TOOLS_LOCK, say)
            _build_into(target, go, source, say)
    return SidecarPrograms(target)


def _build_into(target: Path, go: Path, source: Path, say: Say) -> None:
    log = target.with_suffix(".log")
    say(f"Building the Dapr sidecar {VERSION} once, with {go}: about 4 minutes the first time (log: {log})")
    with tempfile.TemporaryDirectory(prefix="building-", dir=target.parent) as scratch:
        built = Path(scratch) / "built"
        built.mkdir()
        run = _Steps(go, source, log, say, time.monotonic())
        edited = _edited(run, source, Path(scratch))
        run("build", *_FLAGS, _LINK, *edited, "-o", str(built / "daprd"), ".")
        for name in ("placement", "scheduler"):
            (built / name).symlink_to("daprd")
        if not sidecar.is_ours(built):
            raise OperatorError(f"What was built does not say that it is {VERSION}; see {log}.")
        shutil.rmtree(target, ignore_errors=True)
        built.rename(target)
    say(f"Built the sidecar in {time.monotonic() - run.began:.0f} s: {target}")


@dataclass(frozen=True, slots=True)
class _Steps:
    """Runs Go in the folder of the sources, each time with a new log."""

    go: Path
    source: Path
    log: Path
    say: Say
    began: float

    def __call__(self, *arguments: str) -> str:
        """Returns what Go wrote; raises OperatorError when it failed."""

        def say_progress() -> None:
            self.say(progress(self.log, time.monotonic() - self.began))

        if build_step.run((str(self.go), *arguments), self.source, self.log, _ENVIRONMENT, say_progress) != 0:
            raise OperatorError(failure(self.log))
        return self.log.read_text(errors="replace")


def _edited(run: _Steps, source: Path, scratch: Path) -> tuple[str, ...]:
    """Returns the flags for the edits. Go fetches their modules, if need be, to name the folders."""
    edits = sidecar_edits.edits_of(source)
    if not edits:
        return ()
    packages = sorted({edit.package for edit in edits})
    said = run("list", "-f", f"{_FOLDER_MARK}{{{{.Module.Path}}}}\t{{{{.Module.Dir}}}}", *packages)
    told = (line.removeprefix(_FOLDER_MARK).split("\t") for line in said.splitlines() if line.startswith(_FOLDER_MARK))
    return sidecar_edits.flags(edits, {module: Path(folder) for module, folder in told}, source, scratch)


def progress(log: Path, seconds: float) -> str:
    """Returns one line: the time so far, and what Go has done."""
    lines = log.read_text(errors="replace").splitlines()
    fetched = sum(line.startswith("go: downloading") for line in lines)
    compiled = sum(not line.startswith("go: ") for line in lines)
    done = f"{fetched} modules fetched, {compiled} packages compiled" if lines else "Go looks into its caches"
    return f"  building the sidecar: {build_step.minutes(seconds)}, {done}"


def failure(log: Path) -> str:
    """Returns the end of the log and what to do."""
    text = log.read_text(errors="replace")
    remedy = next((advice for pattern, advice in _REMEDIES if re.search(pattern, text)), "")
    lines = [line for line in text.splitlines() if not line.startswith("go: downloading")]
    last = "\n".join(f"    {line}" for line in lines[-5:])
    return f"Building the sidecar failed:\n{last}\n{remedy} The whole log is {log}."


def main(arguments: list[str]) -> int:
    """Prints the folder of the sidecar; returns exit code 1 when there is none and none was built."""

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    try:
        programs = sidecar.find(checkout.SIDECAR_SOURCE, cache_dir())
        if programs is None and "--find" not in arguments:
            programs = build(checkout.SIDECAR_SOURCE, cache_dir(), say)
    except OperatorError as error:
        say(str(error))
        return 1
    if programs is None:
        say("the sidecar was not built yet")
        return 1
    sys.stdout.write(f"{programs.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
