"""The interface of a system under test; one machine and the cluster implement it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from subprocess import CompletedProcess
from typing import Any, Protocol

import psutil

from tests.support.links import Links


class Subject(Protocol):
    """A system that can be harmed and judged. Blocking methods are called in a thread.

    writes_need: the kinds whose loss alone holds up writes; reminders_need: likewise for reminders
    links_of_writes: the proxied connections through which writes go
    may_join: further replicas, which may join and leave
    own_kinds: the kinds that CI harms on this system, because no simpler one shows the effect
    gave_up: how often the runner failed to start, and was started again
    """

    name: str
    writes_need: frozenset[str]
    reminders_need: frozenset[str]
    links: Links
    links_of_writes: Sequence[str]
    may_join: Sequence[str]
    own_kinds: Sequence[str]
    gave_up: int

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of processes; there may be several processes of a kind."""
        ...

    @property
    def urls(self) -> Sequence[str]:
        """The public addresses; any of them serves anyone."""
        ...

    @property
    def metrics_urls(self) -> Sequence[str]:
        """The addresses of each process's metrics, of joined replicas too."""
        ...

    @property
    def inner_headers(self) -> Mapping[str, str]:
        """The headers that those addresses ask for."""
        ...

    def main_processes(self, kind: str) -> list[psutil.Process]:
        """Returns the processes of that kind that run now."""
        ...

    def batches(self, kinds: Sequence[str]) -> Sequence[Sequence[str]]:
        """Returns the names of the parts of those kinds in the batches in which a new release would restart them."""
        ...

    def part(self, name: str) -> psutil.Process:
        """Returns the process of that part; raises LookupError when it does not run."""
        ...

    def until_replaced(self, kind: str, old_pid: int) -> None:
        """Waits until another process has taken its place; starts it where nobody else does."""
        ...

    def is_ready(self) -> bool:
        """Returns whether every public address says that it is ready."""
        ...

    def joined(self, replica: str) -> AbstractContextManager[Callable[[], bool]]:
        """Lets that replica join for the length of the block, and then shuts it down.

        Gives a check whether it hosts actors by now.
        """
        ...

    def database(self) -> AbstractAsyncContextManager[Any]:
        """Opens a connection of the judge's own, past every proxy."""
        ...

    def redelivery(self) -> dict[str, Any]:
        """Returns the addresses for a consumer of our own, and the path `command_keys`.

        The addresses are `database_url`, `grpc_port`, `http_port`, `token`, `broker`.
        """
        ...

    def verify(self) -> "CompletedProcess[str]":
        """Runs `duely verify --json`, as an operator would."""
        ...

    def disks(self) -> dict[str, tuple[str, str]]:
        """Returns by name the mount point of a disk that can be filled, and the kind that writes there."""
        ...

    def tails(self) -> str:
        """Returns the ends of its logs."""
        ...
