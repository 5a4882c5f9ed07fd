"""Fixtures of the level: a real broker, a real system on it, and a person who has signed up."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from host.runner import ports
from host.runner.kafka import Kafka, password
from host.runner.kafka_jars import kafka_jars
from host.settings import cache_dir
from tests.kafka.broker import TestBroker, system_on
from tests.support.client import Caller, signed_up
from tests.support.system import System


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBroker]:
    """The broker of the level, without topics at first; a test that stops it starts it again."""
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


@pytest.fixture(scope="session")
def system(broker: TestBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with system_on(broker, tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture
async def person(system: System) -> AsyncIterator[Caller]:
    async with signed_up(system.url) as caller:
        yield caller
