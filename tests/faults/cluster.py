"""A cluster as a system under test: `duely cluster` on Kafka, two replicas of each role, every connection by a proxy."""

import contextlib
import os
import secrets
import subprocess
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from host.runner import broker, checkout, ports, sidecar
from host.runner.cluster import OWN_PORTS, Counts, layout_of
from host.runner.parts import CONTROL_PORTS, REPLICA_PORTS, Machine, parts
from host.runner.postgres import EmbeddedPostgres
from host.settings import Settings, cache_dir, read_settings
from tests.faults.harmed import Harmed, kind_of
from tests.faults.machine import started
from tests.support.cluster import REPLICAS, START_SECONDS, Cluster, hosted_at

KAFKA = "all-kafka"
_LEAVE_SECONDS = 8
_CONTROL = ("kafka", "postgres", "placement", "scheduler")


class ClusterUnderFaults(Harmed, Cluster):
    """A `Subject`: two replicas of web, actors and consumers, each with its sidecar."""

    name = "cluster"
    parts = (*_CONTROL, *REPLICAS, *(f"{name}-daprd" for name in REPLICAS))
    # Of every other kind there is a second process, which goes on.
    writes_need = frozenset({"postgres", "session"})
    reminders_need = writes_need | {"scheduler"}
    links_of_writes = tuple(
        f"{name}{end}"
        for name in REPLICAS
        for end in ("-postgres", "-daprd", "-daprd-app", "-daprd-postgres")
        if name.startswith("actors") or (name.startswith("web") and end in {"-postgres", "-daprd"})
    )
    may_join = ("actors-3",)
    own_kinds = ("kafka", *dict.fromkeys(kind_of(name) for name in parts[len(_CONTROL) :]))

    def __init__(self, folder: Path) -> None:
        Cluster.__init__(self, folder, {"DUELY_BROKER": "kafka", "DUELY_RATE_LIMITS": "off"})

    @property
    def metrics_urls(self) -> list[str]:
        known = [self.inner_port_of(name) for name in REPLICAS]
        joined = [ports.remembered_in(self._ports_of(name)) for name in self.may_join]
        return [f"http://127.0.0.1:{port}/metrics" for port in known + [own["inner"] for own in joined if own]]

    def _ports_of(self, replica: str) -> Path:
        return self.data.run / f"{replica}.json"

    def redelivery(self) -> dict[str, Any]:
        """Returns the address of the sidecar of a consumers replica, which may publish events."""
        known = ports.remembered_in(self.data.ports)
        own = {"grpc_port": known["consumers-1_dapr_grpc"], "http_port": known["consumers-1_dapr_http"]}
        return {**super().redelivery(), **own, "broker": True}

    def targets(self) -> dict[str, str]:
        """Returns the target of each proxied connection."""
        names = [*layout_of(Settings(port=self.port), Counts()).ports, *broker.PORTS]
        picked = ports.pick(names, self.data.ports)
        socket = str(EmbeddedPostgres(self.data.postgres).socket_dir / ".s.PGSQL.5432")
        targets = {KAFKA: f"127.0.0.1:{picked['kafka']}"}
        for name in REPLICAS:
            targets |= {
                f"{name}-postgres": socket,
                f"{name}-daprd": f"127.0.0.1:{picked[f'{name}_dapr_http']}",
                f"{name}-daprd-grpc": f"127.0.0.1:{picked[f'{name}_dapr_grpc']}",
                f"{name}-daprd-app": f"127.0.0.1:{picked[f'{name}_app']}",
            }
            if name.startswith("actors"):
                targets[f"{name}-daprd-postgres"] = socket
        return targets

    def routes(self, links: Mapping[str, int]) -> dict[str, Any]:
        """Returns by part the settings that lead its connections through the proxies."""
        kafka = {"DUELY_KAFKA_BROKERS": f"127.0.0.1:{links[KAFKA]}"}
        routes: dict[str, Any] = {"kafka": {"port": links[KAFKA]}}
        for name in REPLICAS:
            env = {"DAPR_HTTP_PORT": str(links[f"{name}-daprd"]), "DAPR_GRPC_PORT": str(links[f"{name}-daprd-grpc"])}
            routes[name] = {"env": env, "database_port": links[f"{name}-postgres"]}
            routes[f"{name}-daprd"] = {"env": kafka, "flags": {"--app-port": links[f"{name}-daprd-app"]}}
            if name.startswith("actors"):
                routes[f"{name}-daprd"]["database_port"] = links[f"{name}-daprd-postgres"]
        return routes

    @contextlib.contextmanager
    def joined(self, replica: str) -> Generator[Callable[[], bool]]:
        """Runs a further replica and its sidecar on ports of their own; gives a check whether it hosts actors."""
        machine = self._machine_of(replica)
        os.environ["DUELY_BROKER"] = "kafka"  # a part inherits the settings of the runner, which is this process here
        started = [part.spawn() for part in parts(machine, [machine]) if part.name in {replica, f"{replica}-daprd"}]

        def hosts() -> bool:
            try:
                return bool(hosted_at(machine.ports["dapr_http"], machine.api_token))
            except (OSError, KeyError):
                return False

        try:
            yield hosts
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                try:
                    process.wait(_LEAVE_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _machine_of(self, replica: str) -> Machine:
        known = ports.remembered_in(self.data.ports)
        own = ports.pick([*REPLICA_PORTS, *OWN_PORTS], self._ports_of(replica))
        settings = read_settings({**self.environment(), "DUELY_ROLE": replica.split("-", maxsplit=1)[0]})
        access = broker.access_of(read_settings(self.environment()))
        built = sidecar.find(checkout.SIDECAR_SOURCE, cache_dir())
        assert built is not None
        return Machine(
            settings=replace(
                settings, port=own["health"], inner_port=own["inner"], kafka=access, database_url=self.database_url
            ),
            folder=self.data,
            sidecar=built,
            ports={name: known[name] for name in CONTROL_PORTS} | own,
            postgres=None,
            api_token=secrets.token_urlsafe(24),
            app_token=secrets.token_urlsafe(24),
            replica=replica,
        )


@contextlib.contextmanager
def cluster(folder: Path) -> Generator[ClusterUnderFaults]:
    """Runs a cluster behind its proxies for the length of the block."""
    with started(ClusterUnderFaults(folder), "cluster", seconds=START_SECONDS) as system:
        yield system
