"""Which ports the processes of a system listen on, and what another account of this machine gets there."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from tests.support.system import System

OTHER_ACCOUNT = 65534  # "nobody": not ours, whoever runs the tests
# A program for an interpreter that this account can run: what a connection answers to these bytes, in hexadecimal.
_ASK = """
import socket, sys
host, port, source, sent = sys.argv[1], int(sys.argv[2]), sys.argv[3], bytes.fromhex(sys.argv[4])
got = b""
try:
    with socket.create_connection((host, port), 3, (source, 0) if source else None) as connection:
        connection.settimeout(3)
        connection.sendall(sent)
        while len(got) < 65536 and (more := connection.recv(65536)):
            got += more
except OSError:
    pass
sys.stdout.write(got.hex())
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A TCP port on which a process listens."""

    process: str
    host: str
    port: int


def doors(system: System) -> list[Door]:
    """Every TCP port on which the system listens now, as `ss -ltnp` shows them."""
    return sorted(set(_doors(system)), key=lambda door: door.port)


def _doors(system: System) -> Iterator[Door]:
    for process in [system.runner, *system.runner.children(recursive=True)]:
        for connection in process.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN:
                yield Door(_name(process), connection.laddr.ip, connection.laddr.port)


def _name(process: psutil.Process) -> str:
    return process.name() + (" " + process.cmdline()[-1] if process.name().startswith("python") else "")


def asked_by_another_account(door: Door, sent: bytes, source: str = "") -> bytes:
    """What the port answers within 3 s when the other account sends these bytes; b"" when it only hangs up.

    `source` is the address that the connection comes from.
    """
    done = subprocess.run(
        [
            *("setpriv", f"--reuid={OTHER_ACCOUNT}", f"--regid={OTHER_ACCOUNT}", "--clear-groups"),
            *("/usr/bin/python3", "-I", "-S", "-c", _ASK, door.host, str(door.port), source, sent.hex()),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
        cwd="/",
    )
    return bytes.fromhex(done.stdout)
