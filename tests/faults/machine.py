"""One machine as a system under test: `duely up`, with its database and sidecar behind proxies and on small disks."""

import contextlib
import json
import os
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psutil

from host.postgres import EmbeddedPostgres
from host.runner import ports
from host.runner.parts import PORTS
from tests.deadline import until
from tests.faults.links import Links, proxied
from tests.system import PARTS, System

BACK_SECONDS = 90.0
DISK_MEGABYTES = {"postgres": 6_000, "scheduler": 1_500}


class Machine(System):
    """A `Subject`. The kind `session` is one of PostgreSQL's own processes, whose death makes it start over."""

    name = "one machine"
    kinds = ("host", "daprd", "placement", "scheduler", "postgres", "session", "runner")
    writes_need = frozenset({"host", "daprd", "postgres", "session"})
    reminders_need = frozenset({"host", "daprd", "postgres", "session", "scheduler"})

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, {"DUELY_BROKER": "none"})
        self.links: Links
        self.without_disks = ""  # why there are none
        self._disks: dict[str, tuple[str, str]] = {}

    @property
    def urls(self) -> list[str]:
        return [self.url]

    def processes(self, kind: str) -> list[psutil.Process]:
        if kind == "session":
            return self._sessions()[:1]
        main = self.main_processes(kind)
        return main + [child for process in main if kind == "postgres" for child in process.children(recursive=True)]

    def main_processes(self, kind: str) -> list[psutil.Process]:
        if kind == "runner":
            return [self.runner]
        return self._sessions()[:1] if kind == "session" else [self.part(kind)]

    def _sessions(self) -> list[psutil.Process]:
        """The processes of PostgreSQL that serve a client, whoever came first."""
        found: list[psutil.Process] = []
        for process in self.part("postgres").children():
            with contextlib.suppress(psutil.Error):
                if " duely " in " ".join(process.cmdline()):  # `postgres: owner database client state`
                    found.append(process)
        return found

    def until_replaced(self, kind: str, old_pid: int) -> None:
        if kind == "session":
            until(lambda: not psutil.pid_exists(old_pid), BACK_SECONDS, "the session is over")
        elif kind == "runner":
            self._start_again()
        else:
            until(lambda: self.pids().get(kind, old_pid) != old_pid, BACK_SECONDS, f"{kind} started again")
        self._look_around()

    def _start_again(self) -> None:
        """As whoever keeps a service up does."""
        assert self._process is not None
        self._process.wait(BACK_SECONDS)
        process = self.launch()

        def runs() -> bool:
            assert process.poll() is None, f"the runner ended with {process.returncode}\n{self.tails()}"
            told = self.data.told()
            return told is not None and told.pid == process.pid and told.parts.keys() >= set(PARTS)

        until(runs, BACK_SECONDS, "the runner started its parts")

    def redelivery(self) -> dict[str, Any]:
        told = self.data.told()
        assert told is not None, "it does not run"
        return {
            "database_url": self.database_url,
            "grpc_port": told.dapr_grpc_port,
            "http_port": told.dapr_http_port,
            "token": told.api_token,
        }

    def disks(self) -> dict[str, tuple[str, str]]:
        return self._disks

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
                return
            self._disks[name] = (str(place), name)

    def unmount(self) -> None:
        for place, _ in self._disks.values():
            subprocess.run(["umount", "--lazy", place], check=False)
        self._disks.clear()

    def routes(self, links: dict[str, int]) -> dict[str, Any]:
        """Who is told to go through which proxy."""
        host = {"DAPR_HTTP_PORT": str(links["host-daprd"]), "DAPR_GRPC_PORT": str(links["host-daprd-grpc"])}
        return {
            "host": {"env": host, "database_port": links["host-postgres"]},
            "daprd": {"flags": {"--app-port": links["daprd-host"]}, "database_port": links["daprd-postgres"]},
        }


@contextlib.contextmanager
def machine(folder: Path) -> Generator[Machine]:
    """A started machine behind its proxies; all of it gone at the end."""
    system = Machine(folder)
    system.data.path.mkdir(parents=True, exist_ok=True)
    system.mount()
    try:
        system.data.postgres.mkdir(mode=0o700, parents=True, exist_ok=True)
        system.data.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        picked = ports.pick(PORTS, system.data.ports)
        socket = EmbeddedPostgres(system.data.postgres).socket_dir / ".s.PGSQL.5432"
        targets = {
            "host-postgres": str(socket),
            "daprd-postgres": str(socket),
            "host-daprd": f"127.0.0.1:{picked['dapr_http']}",
            "host-daprd-grpc": f"127.0.0.1:{picked['dapr_grpc']}",
            "daprd-host": f"127.0.0.1:{picked['app']}",
        }
        with proxied(targets) as links:
            system.links = links
            routes = json.dumps(system.routes(dict(links.ports)))
            system.command = ("-m", "tests.faults.rewired", routes, "up")
            system.start()
            try:
                yield system
                links.mend()
                if system.is_started:
                    system.stop()
            finally:
                system.destroy()
    finally:
        system.unmount()


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
