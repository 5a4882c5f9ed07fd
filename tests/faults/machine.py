"""One machine as a system under test: `duely up` with database and sidecar behind proxies and data on small disks."""

import contextlib
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from host.runner import ports
from host.runner.parts import PORTS
from host.runner.postgres import EmbeddedPostgres
from tests.faults.harmed import RUNNER, SESSION, Harmed
from tests.support.links import proxied
from tests.support.system import PARTS, running


class Machine(Harmed):
    """A `Subject` with every process once and without a broker."""

    name = "one machine"
    parts = PARTS
    writes_need = frozenset({"host", "daprd", "postgres", "session"})
    reminders_need = writes_need | {"scheduler"}
    links_of_writes = ("host-postgres", "daprd-postgres", "host-daprd", "daprd-host")
    may_join: tuple[str, ...] = ()  # a second host beside it would be a cluster
    own_kinds = (*PARTS, SESSION, RUNNER)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, {"DUELY_BROKER": "none"})

    @property
    def urls(self) -> list[str]:
        return [self.url]

    @property
    def metrics_urls(self) -> list[str]:
        return [f"{self.inner_url}/metrics"]

    def targets(self) -> dict[str, str]:
        """Returns the target of each proxied connection."""
        picked = ports.pick(PORTS, self.data.ports)
        socket = str(EmbeddedPostgres(self.data.postgres).socket_dir / ".s.PGSQL.5432")
        return {
            "host-postgres": socket,
            "daprd-postgres": socket,
            "host-daprd": f"127.0.0.1:{picked['dapr_http']}",
            "host-daprd-grpc": f"127.0.0.1:{picked['dapr_grpc']}",
            "daprd-host": f"127.0.0.1:{picked['app']}",
        }

    def routes(self, links: Mapping[str, int]) -> dict[str, Any]:
        """Returns by part the settings that lead its connections through the proxies."""
        host = {"DAPR_HTTP_PORT": str(links["host-daprd"]), "DAPR_GRPC_PORT": str(links["host-daprd-grpc"])}
        return {
            "host": {"env": host, "database_port": links["host-postgres"]},
            "daprd": {"flags": {"--app-port": links["daprd-host"]}, "database_port": links["daprd-postgres"]},
        }


@contextlib.contextmanager
def machine(folder: Path) -> Generator[Machine]:
    """Runs a machine behind its proxies for the length of the block."""
    with started(Machine(folder), "up") as system:
        yield system


@contextlib.contextmanager
def started(system: Any, *command: str, seconds: float = 90.0) -> Generator[Any]:
    """Runs a system that has `targets` and `routes`, by that command of `duely`, for the length of the block."""
    system.data.path.mkdir(parents=True, exist_ok=True)
    system.mount()
    try:
        for folder in (system.data.postgres, system.data.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with proxied(system.targets()) as links:
            system.links = links
            system.command = ("-m", "tests.support.rewired", json.dumps(system.routes(links.ports)), *command)
            with running(system, seconds):
                yield system
                links.mend()
    finally:
        system.unmount()
