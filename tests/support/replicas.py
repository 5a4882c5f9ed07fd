"""Whole processes of Duely side by side: each with a sidecar of its own, on one database, placement and scheduler.

Every process is gone when the block ends. The kernel ties each process to the thread that starts it: start them from
the main thread, and wait in another one if need be.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from host.keys.inner_token import token_of
from host.runner import checkout, ports, sidecar
from host.runner import parts as machine_parts
from host.runner.folder import DataFolder
from host.runner.part import Process, tethered
from host.runner.parts import CONTROL_PORTS, REPLICA_PORTS, Machine, parts
from host.runner.postgres import EmbeddedPostgres
from host.settings import Role, Settings, cache_dir
from tests.support.deadline import until
from tests.support.system import answers

READY_SECONDS = 60.0
STOP_SECONDS = 8.0
_HERE = "127.0.0.1"


@dataclass(slots=True)
class Replica:
    """One process of ours, and its sidecar."""

    name: str
    machine: Machine
    daprd: Process
    host: Process

    @property
    def url(self) -> str:
        return f"http://{_HERE}:{self.machine.settings.port}"

    @property
    def metrics(self) -> tuple[str, dict[str, str]]:
        """Returns the address of its metrics, and the headers that it asks for."""
        settings = self.machine.settings
        return f"http://{_HERE}:{settings.inner_port}/metrics", {"Authorization": f"Bearer {token_of(settings)}"}

    @property
    def sidecar_url(self) -> str:
        return f"http://{_HERE}:{self.machine.ports['dapr_http']}"

    def freeze(self) -> None:
        """Stops both processes, as a machine that is put to sleep."""
        for process in (self.host, self.daprd):
            os.killpg(process.pid, signal.SIGSTOP)

    def thaw(self, *processes: Process) -> None:
        for process in processes or (self.daprd, self.host):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)


class Replicas:
    """The replicas of a database.

    names: of the replicas that may be started
    resources: a folder of components, instead of those of this checkout
    """

    def __init__(self, folder: Path, names: Sequence[str], resources: Path | None = None) -> None:
        self._data = DataFolder(folder)
        self._data.prepare()
        built = sidecar.find(checkout.SIDECAR_SOURCE, cache_dir())
        assert built is not None, "no Dapr sidecar yet: run `make sidecar`"
        self._sidecar = built
        self._ports = ports.pick(
            [*CONTROL_PORTS, *(f"{name}_{port}" for name in names for port in (*REPLICA_PORTS, "public", "inner"))],
            self._data.ports,
        )
        self._postgres = EmbeddedPostgres(self._data.postgres, fsync=False)
        self._resources = resources
        self._control: list[Process] = []
        self.running: list[Replica] = []  # in the order of their start

    def __enter__(self) -> Self:
        try:
            self._postgres.start()
        except BaseException:
            self._postgres.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for replica in list(self.running):
            replica.thaw()
            self.stop(replica)
        for process in self._control:
            _end(process)
        self._postgres.stop()

    @property
    def database_url(self) -> str:
        return self._postgres.dsn()

    def url_of(self, name: str) -> str:
        """Returns the address at which that replica will listen."""
        return f"http://{_HERE}:{self._ports[f'{name}_public']}"

    def migrate(self) -> None:
        """Brings the schema to that of this checkout."""
        env = {**os.environ, "DUELY_DATABASE_URL": self.database_url}
        command = [sys.executable, "-m", "host.operator.cli", "migrate"]
        done = subprocess.run(
            command, cwd=checkout.ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start_control(self) -> None:
        """Starts placement and scheduler, and waits until both are ready."""
        for part in parts(self._machine("control", "all"), []):
            if part.name in {"placement", "scheduler"}:
                part.prepare()
                self._control.append(part.spawn())
        for service in ("placement", "scheduler"):
            url = f"http://{_HERE}:{self._ports[f'{service}_health']}/healthz"
            until(lambda url=url: answers(url), READY_SECONDS, f"{service} is ready", 0.1)

    def start(self, name: str, role: Role = "all") -> Replica:
        """Starts a replica, which is not ready yet. Its sidecar names itself to the database as NAME-daprd."""
        machine = self._machine(name, role)
        env = machine_parts.environment(machine) | {"DUELY_RATE_LIMITS": "off"}
        named = {"DUELY_DATABASE_URL": f"{self.database_url}&application_name={name}-daprd", "DAPR_HOST_IP": _HERE}
        command = list(machine_parts.daprd_command(machine))
        if self._resources is not None:
            command[command.index("--resources-path") + 1] = str(self._resources)
        replica = Replica(
            name,
            machine,
            daprd=tethered(tuple(command), log=machine.log(f"{name}-daprd"), env=env | named),
            host=tethered((sys.executable, "-m", "web.serve"), log=machine.log(name), env=env, folder=checkout.ROOT),
        )
        self.running.append(replica)
        return replica

    def wait(self, replica: Replica) -> None:
        """Waits until it is ready for requests; raises AssertionError with the ends of its logs."""
        try:
            until(lambda: answers(f"{replica.url}/health/ready"), READY_SECONDS, f"{replica.name} is ready", 0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tails(replica.name)}") from error

    def stop(self, replica: Replica) -> None:
        """Ends it as a rolling restart does: the process first, which lets open requests end, then its sidecar."""
        _end(replica.host)
        _end(replica.daprd)
        self.running.remove(replica)

    def tails(self, name: str) -> str:
        logs = [self._data.logs / f"{each}.log" for each in (name, f"{name}-daprd")]
        return "\n".join(f"--- {log.name}\n{log.read_text()[-3000:]}" for log in logs if log.is_file())

    def _machine(self, name: str, role: Role) -> Machine:
        mine = {port: self._ports[f"{name}_{port}"] for port in REPLICA_PORTS if f"{name}_{port}" in self._ports}
        settings = Settings(
            role=role,
            port=self._ports.get(f"{name}_public", 0),
            inner_port=self._ports.get(f"{name}_inner", 0),
            data_dir=self._data.path / name,
            command_keys=str(self._data.run / "command-key"),  # the same for all
            database_url=self.database_url,
            rate_limits=False,
        )
        return Machine(
            settings=settings,
            folder=self._data,
            sidecar=self._sidecar,
            ports={port: self._ports[port] for port in CONTROL_PORTS} | mine,
            postgres=None,
            api_token=f"api-token-of-{name}",
            app_token=f"app-token-of-{name}",
            replica=name,
        )


def copied_resources(to: Path, replaced: Mapping[str, str]) -> Path:
    """Copies the components of one machine to a folder, with those texts replaced by others; returns the folder."""
    shutil.copytree(checkout.RESOURCES, to)
    for path in to.glob("*.yaml"):
        text = path.read_text()
        for old, new in replaced.items():
            text = text.replace(old, new)
        path.write_text(text)
    return to


def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
