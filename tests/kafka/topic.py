"""Reading and writing topics without Dapr."""

from typing import Any

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from host.kafka_access import KafkaAccess
from host.operator.topics import client_settings

_SECONDS = 15.0


def messages(access: KafkaAccess, topic: str) -> list[tuple[str, Any]]:
    """Returns every message that is on the topic now: its key, and its JSON, or None where it is no JSON."""
    consumer = Consumer({**client_settings(access), "group.id": "a-test", "enable.auto.commit": False})
    try:
        partitions = [TopicPartition(topic, n) for n in consumer.list_topics(topic, _SECONDS).topics[topic].partitions]
        left = sum(high - low for low, high in (consumer.get_watermark_offsets(p, _SECONDS) for p in partitions))
        consumer.assign([TopicPartition(topic, each.partition, OFFSET_BEGINNING) for each in partitions])
        received: list[tuple[str, Any]] = []
        while len(received) < left:
            message = consumer.poll(_SECONDS)
            assert message is not None, f"{topic}: {len(received)} of {left} messages came"
            assert message.error() is None, message.error()
            received.append(((message.key() or b"").decode(), _json(message.value())))
        return received
    finally:
        consumer.close()


def _json(value: bytes | None) -> Any:
    try:
        return orjson.loads(value or b"null")
    except orjson.JSONDecodeError:
        return None


def write(access: KafkaAccess, topic: str, values: list[tuple[str, bytes]]) -> None:
    """Writes each value with its key; within a partition they keep this order."""
    producer = Producer({**client_settings(access), "acks": "all"})
    for key, body in values:
        producer.produce(topic, body, key)
    assert producer.flush(_SECONDS) == 0
