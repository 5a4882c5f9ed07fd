"""The runner's broker, started and stopped by a test."""

import asyncio
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from host.kafka_access import KafkaAccess
from host.runner.kafka import Kafka
from host.runner.part import Process
from tests.kafka.handled import until_brought
from tests.support.deadline import eventually
from tests.support.system import System, running_system

START_SECONDS = 40
STOP_SECONDS = 30  # it flushes its data first, on a busy disk


class TestBroker:
    """The part `kafka` without a supervisor: it stays down when a test takes it down."""

    __test__ = False

    def __init__(self, kafka: Kafka) -> None:
        self.kafka = kafka
        self._process: Process | None = None

    @property
    def access(self) -> KafkaAccess:
        return self.kafka.access

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def start(self) -> float:
        """Starts it; returns the seconds until it answers."""
        began = time.monotonic()
        await asyncio.to_thread(self.kafka.prepare)
        self._process = self.kafka.spawn()
        await eventually(self._answers, START_SECONDS, "the broker answers")
        return time.monotonic() - began

    def stop(self) -> int:
        """Stops it as the runner does; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """Kills it with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    async def _answers(self) -> bool:
        assert self.is_running, self.kafka.log.read_text()[-2000:]
        return not await self.kafka.ready()


@contextmanager
def system_on(broker: TestBroker, folder: Path, **settings: str) -> Generator[System]:
    """Runs a system on that broker, as on one of the operator's own; its consumers get events when the block begins."""
    with running_system(folder, {"DUELY_BROKER": "kafka", **broker.access.environment(), **settings}) as running:
        asyncio.run(until_brought(running))
        yield running
