"""The broker that the runner starts: it needs its password, keeps its data, and creates no topic by accident."""

import secrets
from pathlib import Path

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from host.kafka_access import KafkaAccess
from host.operator.topics import client_settings
from host.runner.kafka import Kafka
from host.runner.kafka_jars import kafka_jars
from host.settings import cache_dir
from tests.kafka.broker import TestBroker

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]


def topics(access: KafkaAccess, within_seconds: float = 15) -> set[str]:
    listed = AdminClient(client_settings(access)).list_topics(timeout=within_seconds)
    return {name for name in listed.topics if not name.startswith("__")}


async def test_it_stops_and_finds_its_data_again(broker: TestBroker) -> None:
    before = (broker.kafka.folder / "data" / "meta.properties").read_text()
    assert broker.stop() == 143
    assert await broker.kafka.ready() != ""
    await broker.start()
    assert (broker.kafka.folder / "data" / "meta.properties").read_text() == before


def test_its_folder_is_formatted_with_any_random_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: "-Ab3cdEFghIJklMNopQRsg")
    Kafka(tmp_path / "kafka", kafka_jars(cache_dir(), print), 9092, 9093, tmp_path / "log", "password").prepare()
    assert "cluster.id=" in (tmp_path / "kafka" / "data" / "meta.properties").read_text()


async def test_a_client_without_the_password_is_refused(broker: TestBroker) -> None:
    wrong = KafkaAccess(brokers=broker.access.brokers, username=broker.access.username, password="guessed")
    for stranger in (wrong, KafkaAccess(brokers=broker.access.brokers)):
        with pytest.raises(KafkaException):
            topics(stranger, 2)  # a client that is refused retries until then
    assert topics(broker.access) == set()


async def test_a_topic_is_not_created_by_a_look(broker: TestBroker) -> None:
    AdminClient(client_settings(broker.access)).list_topics("task-events", timeout=15)
    assert topics(broker.access) == set()
