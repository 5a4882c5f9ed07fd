"""What a system under test must offer to be harmed and judged; one machine and the cluster each are one."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from subprocess import CompletedProcess
from typing import Any, Protocol

import psutil

from tests.support.links import Links


class Subject(Protocol):
    """Blocking methods are called in a thread.

    writes_need: the kinds of which one alone holds up writes when it is gone; reminders_need: likewise
    links_of_writes: those of the proxied connections through which every write goes
    may_join: replicas that are not part of it, and may come and leave
    own_kinds: the kinds that CI harms here, because no simpler system shows what comes of it
    gave_up: how often the runner ended at its start, and was started again
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
        """What processes there are; there may be several of one kind."""
        ...

    @property
    def urls(self) -> Sequence[str]:
        """The public addresses, each as good as any other."""
        ...

    @property
    def metrics_urls(self) -> Sequence[str]:
        """Where each process tells its metrics, also one that has joined."""
        ...

    @property
    def inner_headers(self) -> Mapping[str, str]:
        """What is asked for there."""
        ...

    def main_processes(self, kind: str) -> list[psutil.Process]:
        """Those of that kind that run now."""
        ...

    def batches(self, kinds: Sequence[str]) -> Sequence[Sequence[str]]:
        """The parts of those kinds, by name, as a new release would restart them: those of a batch at once."""
        ...

    def part(self, name: str) -> psutil.Process:
        """The part of that name, if it runs now."""
        ...

    def until_replaced(self, kind: str, old_pid: int) -> None:
        """Return when another process has taken its place; what nobody starts again is started."""
        ...

    def is_ready(self) -> bool:
        """Every public address says that all behind it can be used."""
        ...

    def joined(self, replica: str) -> AbstractContextManager[Callable[[], bool]]:
        """That replica is part of it for the length of the block, and then ends as one that is shut down.

        Gives whether it hosts actors by now.
        """
        ...

    def database(self) -> AbstractAsyncContextManager[Any]:
        """A connection of the judge's own, past every proxy."""
        ...

    def redelivery(self) -> dict[str, Any]:
        """What a consumer beside those of the system must know: `database_url`, `grpc_port`, `http_port`, `token`."""
        ...

    def verify(self) -> "CompletedProcess[str]":
        """`duely verify --json`, as its operator would ask."""
        ...

    def disks(self) -> dict[str, tuple[str, str]]:
        """Name: mount point that may be made too small, and the kind that writes there; empty where none could be made."""
        ...

    def tails(self) -> str:
        """The ends of its logs."""
        ...
