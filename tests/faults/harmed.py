"""What every system of ours under test has in common: its processes by kind, its disks, and how it comes back."""

import contextlib
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import psutil

from tests.support.deadline import until
from tests.support.links import Links
from tests.support.system import System

BACK_SECONDS = 90.0
DISK_MEGABYTES = {"postgres": 6_000, "scheduler": 1_500}
SESSION = "session"  # a process of PostgreSQL's own, whose death makes it start over
RUNNER = "runner"


class Harmed(System):
    """The part of a `Subject` that does not depend on how many processes there are. `parts` must all run."""

    parts: tuple[str, ...] = ()
    links: Links
    without_disks = ""  # why there are none
    gave_up = 0

    @property
    def kinds(self) -> list[str]:
        return [*dict.fromkeys(kind_of(name) for name in self.parts), SESSION, RUNNER]

    def main_processes(self, kind: str) -> list[psutil.Process]:
        if kind == RUNNER:
            return [self.runner]
        if kind == SESSION:
            return self._sessions()[:1]
        return [psutil.Process(pid) for name, pid in self.pids().items() if kind_of(name) == kind]

    def batches(self, kinds: Sequence[str]) -> list[list[str]]:
        """What has no number alone; then the first of each role with its sidecar, then the second."""
        found: dict[str, list[str]] = {}
        for name in self.parts:
            if kind_of(name) in kinds:
                number = re.search(r"-(\d+)", name)
                found.setdefault(number[1] if number else name, []).append(name)
        return list(found.values())

    def _sessions(self) -> list[psutil.Process]:
        """The processes of PostgreSQL that serve a client, whoever came first."""
        found: list[psutil.Process] = []
        for process in self.part("postgres").children():
            with contextlib.suppress(psutil.Error):
                if " duely " in " ".join(process.cmdline()):  # `postgres: owner database client state`
                    found.append(process)
        return found

    def until_replaced(self, kind: str, old_pid: int) -> None:
        if kind == SESSION:
            until(lambda: not psutil.pid_exists(old_pid), BACK_SECONDS, "the session is over")
        elif kind == RUNNER:
            self._start_again()
        else:
            until(
                lambda: self._all_run() and old_pid not in self.pids().values(), BACK_SECONDS, f"{kind} started again"
            )
        self._look_around()

    def _all_run(self) -> bool:
        return self.pids().keys() >= set(self.parts)

    def _start_again(self) -> None:
        """As whoever keeps a service up does."""
        old = self._process
        assert old is not None
        until(lambda: old.poll() is not None, BACK_SECONDS, "the runner is over")
        process = self.launch()

        def runs() -> bool:
            nonlocal process
            if process.poll() is not None:  # it gives up when a part cannot be started, as on a disk that is full
                self.gave_up += 1
                process = self.launch()
            told = self.data.noted_running()
            return told is not None and told.pid == process.pid and self._all_run()

        until(runs, BACK_SECONDS, "the runner started its parts")

    def joined(self, replica: str) -> AbstractContextManager[Callable[[], bool]]:
        raise NotImplementedError(f"{replica} may not join")

    def redelivery(self) -> dict[str, Any]:
        told = self.data.noted_running()
        assert told is not None, "it does not run"
        return {
            "database_url": self.database_url,
            "grpc_port": told.dapr_grpc_port,
            "http_port": told.dapr_http_port,
            "token": told.api_token,
        }

    def verify(self) -> "subprocess.CompletedProcess[str]":
        return self.cli("verify", "--json", timeout_seconds=120)

    def disks(self) -> dict[str, tuple[str, str]]:
        return {} if self.without_disks else {name: (str(self.data.path / name), name) for name in DISK_MEGABYTES}

    def mount(self) -> None:
        """A disk in memory for each who keeps data; says in `without_disks` why there is none."""
        for name, megabytes in DISK_MEGABYTES.items():
            place = self.data.path / name
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "duely-faults", str(place)],
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                self.without_disks = f"may not mount a small disk: {made.stderr.strip()} (run as root)"

    def unmount(self) -> None:
        for place, _ in self.disks().values():
            subprocess.run(["umount", "--lazy", place], check=False)


def kind_of(name: str) -> str:
    """What a part is, whichever of several: `web-daprd` of `web-2-daprd`."""
    return re.sub(r"-\d+", "", name)


def resized(place: str, size_bytes: int) -> None:
    """Give that disk another size; never less than what is on it."""
    kilobytes = max(size_bytes, used(place)) // 1024 + 1
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", place], check=True)


def used(place: str) -> int:
    facts = os.statvfs(place)
    return (facts.f_blocks - facts.f_bfree) * facts.f_frsize


def size_of(place: str) -> int:
    facts = os.statvfs(place)
    return facts.f_blocks * facts.f_frsize
