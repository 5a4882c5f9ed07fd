"""The proxies of one system under test: one child process, whose links are harmed and mended by name."""

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from threading import Lock

from tests.support.system import ROOT

_END_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Links:
    """The running proxies; `ports` are those at which each link listens."""

    ports: Mapping[str, int]
    process: "subprocess.Popen[str]"
    _one: Lock = field(default_factory=Lock)  # answers come in the order of the requests

    def set(self, name: str, mode: str, seconds: float = 0.0) -> int:
        """Sets the link to one of `proxy.MODES`; returns the bytes that it has passed so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self._one:
            self.process.stdin.write(json.dumps({"link": name, "mode": mode, "seconds": seconds}) + "\n")
            self.process.stdin.flush()
            passed: int = json.loads(self.process.stdout.readline())["passed"]
        return passed

    def mend(self) -> None:
        for name in self.ports:
            self.set(name, "open")


@contextlib.contextmanager
def proxied(targets: Mapping[str, str]) -> Generator[Links]:
    """Runs a proxy for each target, `host:port` or the path of a socket, for the length of the block."""
    ports = dict(zip(targets, free_ports(len(targets)), strict=True))
    plan = {name: (ports[name], target) for name, target in targets.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.proxy", json.dumps(plan)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", f"the proxies did not start: {process.poll()}"
        yield Links(ports, process)
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def free_ports(count: int) -> list[int]:
    """Returns ports that nobody listens on, below those that the kernel gives to outgoing connections."""
    ports: list[int] = []
    for port in range(30_000, 32_700):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise AssertionError("no free ports from 30000 to 32700")
