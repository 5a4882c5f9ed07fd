"""The embedded Kafka broker: one KRaft node on loopback with its data in one folder, for one machine and for tests.

Clients need the password in the folder; otherwise every program on this machine could read events.
"""

import asyncio
import secrets
import shutil
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from host.console import OperatorError
from host.kafka_access import KafkaAccess
from host.runner.folder import write_private
from host.runner.kafka_jars import java
from host.runner.part import Part, Process, tethered
from host.settings import child_environment

USER = "duely"
READY_SECONDS = 60
_HERE = "127.0.0.1"
_FORMAT_SECONDS = 60
_ANSWER_SECONDS = 2
# One thread for garbage collection, a small heap and only the quick compiler: this broker moves some megabytes a
# second. At 1,000 events a second the optimizing compiler took half of its CPU time.
_JAVA_OPTIONS = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
_LOG_OPTIONS = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
)


@dataclass(frozen=True, slots=True)
class Kafka:
    """A broker that keeps its data in `folder` and listens on two ports of loopback."""

    folder: Path
    jars: Path
    port: int
    controller_port: int
    log: Path
    password: str = field(repr=False)

    @property
    def access(self) -> KafkaAccess:
        """How clients reach this broker."""
        return KafkaAccess(brokers=f"{_HERE}:{self.port}", username=USER, password=self.password)

    def part(self, after: tuple[str, ...] = ()) -> Part:
        """Returns the broker as a part for the runner."""
        return Part(
            name="kafka",
            log=self.log,
            prepare=self.prepare,
            spawn=self.spawn,
            ready=self.ready,
            ready_seconds=READY_SECONDS,
            after=after,
            # Killing it loses nothing: every event is in the outbox.
            stop_seconds=2,
        )

    def prepare(self) -> None:
        """Writes the settings and, the first time, formats the folder; raises OperatorError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._settings_file, self._settings())
        if not (self._data / "meta.properties").is_file():
            self._format()

    def spawn(self) -> Process:
        """Starts the broker."""
        return tethered(self._java("kafka.Kafka", str(self._settings_file)), log=self.log)

    async def ready(self) -> str:
        """Returns "" once the broker answers a request in Kafka's protocol, else what is missing."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await _request_versions(self.port)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return f"no broker answers at {_HERE}:{self.port}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _settings_file(self) -> Path:
        return self.folder / "server.properties"

    def _java(self, main: str, *arguments: str) -> tuple[str, ...]:
        return (java(), *_JAVA_OPTIONS, *_LOG_OPTIONS, "-cp", f"{self.jars}/*", main, *arguments)

    def _format(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # a start that was interrupted may have left it half formatted
        command = self._java("kafka.tools.StorageTool", "format", "--standalone", "-t", _cluster_id())
        try:
            done = subprocess.run(  # noqa: S603  our own command
                [*command, "-c", str(self._settings_file)],
                env=child_environment({}),
                capture_output=True,
                text=True,
                timeout=_FORMAT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise OperatorError(f"could not format {self._data} in {_FORMAT_SECONDS} s") from error
        if done.returncode != 0:
            raise OperatorError(f"could not format {self._data}: {(done.stderr or done.stdout).strip()[-400:]}")

    def _settings(self) -> str:
        login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        users = f'{login} username="{USER}" password="{self.password}" user_{USER}="{self.password}";'
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"CLIENT://{_HERE}:{self.port},CONTROLLER://{_HERE}:{self.controller_port}",
            "advertised.listeners": f"CLIENT://{_HERE}:{self.port}",
            "inter.broker.listener.name": "CLIENT",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"{_HERE}:{self.controller_port}",
            "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.client.plain.sasl.jaas.config": users,
            "listener.name.controller.plain.sasl.jaas.config": users,
            "log.dirs": self._data,
            # `duely topics` makes the topics with the right partitions and retention.
            "auto.create.topics.enable": "false",
            # There is one node.
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 8,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "log.segment.bytes": 64 * 1024 * 1024,
            "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())


def password(file: Path) -> str:
    """Returns the password in the file; the first call makes it."""
    if not file.is_file():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file, secrets.token_urlsafe(24))
    return file.read_text()


def _cluster_id() -> str:
    """Returns 16 random bytes as text, as Kafka makes them; a dash at the beginning would look like an option."""
    return "D" + secrets.token_urlsafe(16)[1:]


# ApiVersions, version 0, without a client id: the only request that a broker answers without a login.
_API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)


async def _request_versions(port: int) -> str:
    reader, writer = await asyncio.open_connection(_HERE, port)
    try:
        writer.write(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
        await writer.drain()
        (size,) = struct.unpack(">i", await reader.readexactly(4))
        _, error = struct.unpack(">ih", (await reader.readexactly(size))[:6])
    finally:
        writer.close()
    return f"the broker answers with error {error}" if error else ""
