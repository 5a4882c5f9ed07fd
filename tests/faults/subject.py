"""What a system under test must offer to be harmed and judged; one machine and the cluster each are one."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import psutil

from tests.faults.links import Links


class Subject(Protocol):
    """Blocking methods are called in a thread.

    kinds: what processes there are; each may have several, and each must come back by itself when it is killed
    writes_need: the kinds without which no write is acknowledged; one that aims at writes must meet some
    reminders_need: the kinds without which no reminder fires at its time
    links: its proxied connections, and which kind stands at their client end
    """

    name: str
    kinds: Sequence[str]
    writes_need: frozenset[str]
    reminders_need: frozenset[str]
    links: Links

    @property
    def urls(self) -> Sequence[str]:
        """The public addresses, each as good as any other."""
        ...

    def processes(self, kind: str) -> list[psutil.Process]:
        """Those of that kind that run now, with all that belongs to them (the sessions of PostgreSQL)."""
        ...

    def main_processes(self, kind: str) -> list[psutil.Process]:
        """Those that are killed or told to end, one at a time."""
        ...

    def until_replaced(self, kind: str, old_pid: int) -> None:
        """Return when another process has taken its place; for what nobody starts again, start it."""
        ...

    def is_ready(self) -> bool:
        """Every public address says that all behind it can be used."""
        ...

    def database(self) -> AbstractAsyncContextManager[Any]:
        """A connection of the judge's own, past every proxy."""
        ...

    def redelivery(self) -> dict[str, Any]:
        """What a consumer beside those of the system must know: `database_url`, `grpc_port`, `http_port`, `token`."""
        ...

    def disks(self) -> dict[str, tuple[str, str]]:
        """Name: mount point that may be made too small, and the kind that writes there; empty where none could be made."""
        ...

    def tails(self) -> str:
        """The ends of its logs."""
        ...
