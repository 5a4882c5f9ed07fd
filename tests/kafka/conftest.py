"""A real broker for the whole level, and what tests may ask of it besides Dapr."""

import asyncio
from collections.abc import Iterator

import pytest

from host.runner import ports
from host.runner.kafka import Kafka, kafka_jars, password
from host.settings import cache_dir
from tests.kafka.broker import TestBroker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBroker]:
    """Started once, without topics; a test that stops it starts it again."""
    folder = tmp_path_factory.mktemp("broker")
    jars = kafka_jars(cache_dir(), print)
    port, controller = ports.pick(("kafka", "kafka_controller"), folder / "ports.json").values()
    secret = password(folder / "password")
    running = TestBroker(Kafka(folder / "kafka", jars, port, controller, folder / "kafka.log", secret))
    asyncio.run(running.start())
    try:
        yield running
    finally:
        running.kill()
