"""The ports of the parts: free ones are picked once and remembered in the data folder; who holds a port that is taken."""

import errno
import json
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import crc32

import psutil

# Below the range that the kernel uses for outgoing connections.
_FIRST, _LAST = 20_000, 29_999
_SHOWN_CHARACTERS = 120


def pick(names: Sequence[str], remembered: Path) -> dict[str, int]:
    """Returns a free port for each name, the remembered one if it is still free, and remembers them all."""
    before = remembered_in(remembered)
    picked: dict[str, int] = {}
    # Each data folder begins elsewhere, so that two that start at once do not pick the same ports.
    candidates = iter(_candidates(crc32(str(remembered.absolute()).encode())))
    for name in names:
        port = before.get(name, 0)
        while not port or port in picked.values() or not is_free("127.0.0.1", port):
            port = next(candidates)
        picked[name] = port
    remembered.write_text(json.dumps(picked, indent=1) + "\n")
    return picked


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there; raises OSError when we may not listen there at all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def holder(port: int) -> str:
    """Returns who listens on the port: pid and command, as far as we may see."""
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            return _describe(connection.pid)
    return "a process that cannot be seen"


def _describe(pid: int | None) -> str:
    if pid is None:
        return "a process of another user (root can see it with `ss -ltnp`)"
    try:
        command = " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return f"pid {pid}"
    return f"pid {pid}: {command[:_SHOWN_CHARACTERS]}"


def _candidates(seed: int) -> Iterable[int]:
    count = _LAST - _FIRST + 1
    return ((seed + step) % count + _FIRST for step in range(count))


def remembered_in(path: Path) -> dict[str, int]:
    """Returns the remembered ports by name; {} when there are none."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {name: port for name, port in content.items() if isinstance(port, int)} if isinstance(content, dict) else {}
