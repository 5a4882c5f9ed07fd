"""The table of parts: every process of Duely on one machine, in the order of their start.

    postgres ── migrations ──┬── daprd ◄──► host      (the page, the API, the actors, the consumers)
    placement, scheduler ────┤
    kafka ── topics ─────────┘                        (with DUELY_BROKER=kafka)

They stop in the reverse order. Only the public port (DUELY_HOST) and the inner port (DUELY_INNER_HOST) may listen on
another address than 127.0.0.1. In a cluster (cluster.py) each replica has a daprd and a host.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from host.console import OperatorError
from host.dapr.app_ids import APP_IDS
from host.runner import checkout
from host.runner.broker import sidecar_flags
from host.runner.folder import DataFolder
from host.runner.kafka import Kafka
from host.runner.part import Part, Process, tethered
from host.runner.postgres import EmbeddedPostgres, PasswordRefusedError, PostgresError
from host.runner.probe import http_ok
from host.runner.scheduler_data import put_aside_if_damaged
from host.runner.sidecar import SidecarPrograms
from host.settings import Role, Settings, reachable_address

HEALTH_PATH = "/healthz"
HOST_COMMAND = ("-m", "web.serve")
# The names for `ports.pick`; the operator chooses the public port.
REPLICA_PORTS = ("app", "dapr_http", "dapr_grpc", "dapr_internal", "dapr_metrics")
CONTROL_PORTS = (
    *("placement", "placement_raft", "placement_health", "placement_metrics"),
    *("scheduler", "scheduler_etcd", "scheduler_peer", "scheduler_health", "scheduler_metrics"),
)
PORTS = (*REPLICA_PORTS, *CONTROL_PORTS)
_HERE = "127.0.0.1"
_POSTGRES_READY_SECONDS = 60  # after a crash PostgreSQL first replays its log
# The wait for an old server that still writes its checkpoint. Short, because a stop cannot interrupt it.
_OLD_SERVER_SECONDS = 6
_MIGRATION_SECONDS = 600
_TOPICS_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Machine:
    """What all parts share.

    postgres, kafka: None where the operator runs them, or wants no broker
    replica: the name of one of several processes with its sidecar, whose role is in the settings; "" where there is one
    """

    settings: Settings
    folder: DataFolder
    sidecar: SidecarPrograms
    ports: dict[str, int]
    postgres: EmbeddedPostgres | None
    api_token: str
    app_token: str
    replica: str = ""
    kafka: Kafka | None = None

    @property
    def database_url(self) -> str:
        """The DSN; known once PostgreSQL was prepared, because its first start makes the password."""
        return self.postgres.dsn() if self.postgres else self.settings.database_url

    def log(self, name: str) -> Path:
        """Returns the log file of a part."""
        return self.folder.logs / f"{name}.log"


def parts(machine: Machine, replicas: Sequence[Machine]) -> list[Part]:
    """Returns all parts: what the replicas (one, or those of a cluster) need, then their sidecars and processes."""
    database = [_postgres(machine, machine.postgres)] if machine.postgres else []
    return [
        *database,
        _migrations(machine, after=tuple(part.name for part in database)),
        _placement(machine),
        _scheduler(machine),
        *_broker(machine),
        *map(_daprd, replicas),
        *map(_host, replicas),
    ]


def _broker(machine: Machine) -> list[Part]:
    """Returns the broker, unless the operator runs it, and its topics; nothing without DUELY_BROKER=kafka."""
    if machine.settings.broker == "none":
        return []
    own = [machine.kafka.part()] if machine.kafka else []
    # The operator's broker may be away: until it is back, consumers catch up from the database.
    options = [] if machine.kafka else ["--go-on"]
    topics = Part(
        name="topics",
        log=machine.log("topics"),
        spawn=lambda: _python(
            machine, "topics", _broker_environment(machine), "-m", "host.operator.cli", "topics", *options
        ),
        after=tuple(part.name for part in own),
        once=True,
        ready_seconds=_TOPICS_SECONDS,
    )
    return [*own, topics]


def _postgres(machine: Machine, server: EmbeddedPostgres) -> Part:
    def prepare() -> None:
        with _as_operator_errors():
            server.prepare(time.monotonic() + _OLD_SERVER_SECONDS)

    def spawn() -> Process:
        with _as_operator_errors():
            return server.spawn()

    async def ready() -> str:
        try:
            await asyncio.to_thread(server.wait_until_ready, time.monotonic() + 1)
        except PasswordRefusedError as error:
            raise OperatorError(str(error)) from error  # waiting does not help
        except PostgresError as error:
            return str(error)
        return ""

    return Part(
        name="postgres",
        log=machine.log("postgres"),
        prepare=prepare,
        spawn=spawn,
        ready=ready,
        ready_seconds=_POSTGRES_READY_SECONDS,
        stop_signal=signal.SIGINT,  # a fast shutdown: sessions are cut and a checkpoint is written
        stop_seconds=4,
    )


@contextmanager
def _as_operator_errors() -> Generator[None]:
    try:
        yield
    except PostgresError as error:
        raise OperatorError(str(error)) from error


def _migrations(machine: Machine, after: tuple[str, ...]) -> Part:
    return Part(
        name="migrations",
        log=machine.log("migrations"),
        spawn=lambda: _python(machine, "migrations", _data_environment(machine), "-m", "host.operator.cli", "migrate"),
        after=after,
        once=True,
        ready_seconds=_MIGRATION_SECONDS,
    )


def _placement(machine: Machine) -> Part:
    ports = machine.ports
    command = (
        *(machine.sidecar.placement, "--port", str(ports["placement"]), "--listen-address", _HERE),
        *("--initial-cluster", f"dapr-placement-0={_HERE}:{ports['placement_raft']}"),
        # By default placement and scheduler would both take 8080.
        *("--healthz-port", str(ports["placement_health"]), "--healthz-listen-address", _HERE),
        *("--metrics-port", str(ports["placement_metrics"]), "--metrics-listen-address", _HERE),
    )
    return Part(
        name="placement",
        log=machine.log("placement"),
        spawn=partial(tethered, command, log=machine.log("placement")),
        ready=partial(http_ok, ports["placement_health"], "/healthz"),
        stop_seconds=1,
    )


def _scheduler(machine: Machine) -> Part:
    """After a hard kill the next one fires nothing for up to 20 s, until the old lease ends; the sweeper covers that."""
    ports = machine.ports
    command = (
        *(machine.sidecar.scheduler, "--port", str(ports["scheduler"]), "--listen-address", _HERE),
        *("--etcd-data-dir", str(machine.folder.scheduler)),
        *("--etcd-client-port", str(ports["scheduler_etcd"]), "--etcd-client-listen-address", _HERE),
        *("--etcd-initial-cluster", f"dapr-scheduler-server-0=http://{_HERE}:{ports['scheduler_peer']}"),
        "--etcd-initial-election-tick-advance",
        *("--healthz-port", str(ports["scheduler_health"]), "--healthz-listen-address", _HERE),
        *("--metrics-port", str(ports["scheduler_metrics"]), "--metrics-listen-address", _HERE),
    )
    return Part(
        name="scheduler",
        log=machine.log("scheduler"),
        # One thread, as for the sidecar: when very many reminders were due, its garbage collection took both of two cores
        # for most of a second (measured with the bench).
        prepare=partial(put_aside_if_damaged, machine.folder.scheduler, machine.log("scheduler")),
        spawn=partial(tethered, command, log=machine.log("scheduler"), env={"GOMAXPROCS": "1"}),
        ready=partial(http_ok, ports["scheduler_health"], "/healthz"),
        works=partial(http_ok, ports["scheduler_health"], "/healthz/jobs"),
        stop_seconds=1.5,
    )


def daprd_command(machine: Machine) -> tuple[str, ...]:
    """Returns the sidecar's command. dapr.yaml says the same for the Dapr CLI; a contract test compares them."""
    ports = machine.ports
    return (
        *(machine.sidecar.daprd, "--mode", "standalone", "--app-id", APP_IDS[machine.settings.role]),
        *("--app-port", str(ports["app"]), "--app-protocol", "http", "--app-channel-address", _HERE),
        *sidecar_flags(machine.settings, machine.folder),
        *("--enable-app-health-check", "--app-health-check-path", HEALTH_PATH),
        *_probes(machine.settings.role),
        *("--dapr-http-port", str(ports["dapr_http"]), "--dapr-grpc-port", str(ports["dapr_grpc"])),
        *("--dapr-listen-addresses", _HERE),
        *("--dapr-internal-grpc-port", str(ports["dapr_internal"]), "--dapr-internal-grpc-listen-address", _HERE),
        *("--metrics-port", str(ports["dapr_metrics"]), "--metrics-listen-address", _HERE),
        *("--placement-host-address", f"{_HERE}:{ports['placement']}"),
        *("--scheduler-host-address", f"{_HERE}:{ports['scheduler']}"),
        *("--dapr-graceful-shutdown-seconds", "1"),
    )


def _probes(role: Role) -> tuple[str, ...]:
    """Returns the flags for probing our process.

    They are lenient, because the actors of an app that counts as dead are gone, too; less so where another process
    takes them over.
    """
    seconds, timeout_ms = ("1", "1000") if role == "actors" else ("3", "2000")
    return (
        *("--app-health-probe-interval", seconds, "--app-health-probe-timeout", timeout_ms),
        *("--app-health-threshold", "5"),
    )


def _daprd(machine: Machine) -> Part:
    name = f"{machine.replica}-daprd" if machine.replica else "daprd"

    def spawn() -> Process:
        # Measured with the bench. GOGC: half the work of garbage collection for at most some 50 MB more.
        # One thread: passing work between threads took a fifth of its time, and one thread does more than a single
        # host process asks of it.
        env = {"GOGC": "400", "GOMAXPROCS": "1", **environment(machine), "DAPR_HOST_IP": _HERE}
        return tethered(daprd_command(machine), log=machine.log(name), env=env)

    return Part(
        name=name,
        log=machine.log(name),
        spawn=spawn,
        ready=partial(http_ok, machine.ports["dapr_http"], "/v1.0/healthz"),
        after=("migrations", "placement", "scheduler", *(part.name for part in _broker(machine))),
        group="sidecars",
    )


def _host(machine: Machine) -> Part:
    settings, ports, name = machine.settings, machine.ports, machine.replica or "host"

    listeners = [
        (_HERE, ports["app"], HEALTH_PATH),
        (settings.host, settings.port, "/health/live"),
        (*settings.inner_address, "/health/live"),
    ]

    async def ready() -> str:
        for host, port, path in listeners:
            if missing := await http_ok(port, path, reachable_address(host)):
                return missing
        return ""

    return Part(
        name=name,
        log=machine.log(name),
        spawn=lambda: _python(machine, name, environment(machine), *HOST_COMMAND),
        ready=ready,
        ready_seconds=60,  # several may start at once on few cores
        after=("migrations",),
        stop_seconds=5,  # open requests may end
        # Web processes stop first: their open requests need the actors.
        group="web" if settings.role == "web" else "behind",
    )


def environment(machine: Machine) -> dict[str, str]:
    """Returns the variables of the host and the sidecar; they inherit the other settings."""
    inner_host, inner_port = machine.settings.inner_address
    return {
        **_data_environment(machine),
        **_broker_environment(machine),
        "DUELY_ROLE": machine.settings.role,
        "DUELY_HOST": machine.settings.host,
        "DUELY_PORT": str(machine.settings.port),
        "DUELY_INNER_HOST": inner_host,
        "DUELY_INNER_PORT": str(inner_port),
        "DUELY_INNER_TOKEN": str(machine.settings.inner_token_file or "off"),
        "DUELY_COMMAND_KEY_FILE": str(machine.settings.command_key_file),
        "DUELY_APP_PORT": str(machine.ports["app"]),
        "DAPR_HTTP_PORT": str(machine.ports["dapr_http"]),
        "DAPR_GRPC_PORT": str(machine.ports["dapr_grpc"]),
        "DAPR_API_TOKEN": machine.api_token,
        "APP_API_TOKEN": machine.app_token,
    }


def _data_environment(machine: Machine) -> dict[str, str]:
    return {"DUELY_DATABASE_URL": machine.database_url, "DUELY_DATA_DIR": str(machine.folder.path)}


def _broker_environment(machine: Machine) -> Mapping[str, str]:
    """Returns how the broker is reached, and the prefix of our topics and groups."""
    settings = machine.settings
    if settings.broker == "none":
        return {}
    access = machine.kafka.access if machine.kafka else settings.kafka
    return {**access.environment(), "DUELY_KAFKA_PREFIX": settings.kafka_prefix}


def _python(machine: Machine, name: str, env: Mapping[str, str], *arguments: str) -> Process:
    return tethered((sys.executable, *arguments), log=machine.log(name), env=env, folder=checkout.ROOT)
