"""The common part of our systems under test: processes by kind, disks, and waiting until all runs again."""

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
SESSION = "session"  # a process of PostgreSQL that serves a client; when it is killed, PostgreSQL restarts
RUNNER = "runner"


class Harmed(System):
    """The methods of a `Subject` that do not depend on the number of processes; all `parts` must run."""

    parts: tuple[str, ...] = ()
    links: Links
    without_disks = ""  # the reason why none could be mounted
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
        """Returns first each part without a number alone, then the first replicas with their sidecars, then the second."""
        batches: dict[str, list[str]] = {}
        for name in self.parts:
            if kind_of(name) in kinds:
                number = re.search(r"-(\d+)", name)
                batches.setdefault(number[1] if number else name, []).append(name)
        return list(batches.values())

    def _sessions(self) -> list[psutil.Process]:
        """Returns the processes of PostgreSQL that serve a client."""
        sessions: list[psutil.Process] = []
        for process in self.part("postgres").children():
            with contextlib.suppress(psutil.Error):
                if " duely " in " ".join(process.cmdline()):  # `postgres: owner database client state`
                    sessions.append(process)
        return sessions

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
        """Starts the runner again, as a service manager does."""
        old = self._process
        assert old is not None
        until(lambda: old.poll() is not None, BACK_SECONDS, "the runner is over")
        process = self.launch()

        def runs() -> bool:
            nonlocal process
            if process.poll() is not None:  # the runner gives up when a part cannot start, as on a full disk
                self.gave_up += 1
                process = self.launch()
            running = self.data.noted_running()
            return running is not None and running.pid == process.pid and self._all_run()

        until(runs, BACK_SECONDS, "the runner started its parts")

    def joined(self, replica: str) -> AbstractContextManager[Callable[[], bool]]:
        raise NotImplementedError(f"{replica} may not join")

    def redelivery(self) -> dict[str, Any]:
        running = self.data.noted_running()
        assert running is not None, "it does not run"
        return {
            "database_url": self.database_url,
            "grpc_port": running.dapr_grpc_port,
            "http_port": running.dapr_http_port,
            "token": running.api_token,
            "command_keys": running.command_keys,
        }

    def verify(self) -> "subprocess.CompletedProcess[str]":
        return self.cli("verify", "--json", timeout_seconds=120)

    def disks(self) -> dict[str, tuple[str, str]]:
        return {} if self.without_disks else {name: (str(self.data.path / name), name) for name in DISK_MEGABYTES}

    def mount(self) -> None:
        """Mounts a disk in memory for each part that keeps data, or sets `without_disks`."""
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
                self.without_disks = f"cannot mount a small disk: {made.stderr.strip()} (run as root)"

    def unmount(self) -> None:
        for place, _ in self.disks().values():
            subprocess.run(["umount", "--lazy", place], check=False)


def kind_of(name: str) -> str:
    """Returns the kind of a part, without its number: `web-daprd` for `web-2-daprd`."""
    return re.sub(r"-\d+", "", name)


def resized(place: str, size_bytes: int) -> None:
    """Gives that disk another size, but never a smaller one than what is on it."""
    kilobytes = max(size_bytes, used(place)) // 1024 + 1
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", place], check=True)


def used(place: str) -> int:
    facts = os.statvfs(place)
    return (facts.f_blocks - facts.f_bfree) * facts.f_frsize


def size_of(place: str) -> int:
    facts = os.statvfs(place)
    return facts.f_blocks * facts.f_frsize
