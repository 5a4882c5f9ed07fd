"""A producer and a consumer with nothing around them: Kafka's own C client, the same messages, keys and partitions."""

import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from load.bench.clients.loop import answer, order_from_stdin
from load.bench.figures import summary

_WAIT_SECONDS = 20.0
_AT_ONCE = 500
_TICK_SECONDS = 0.02
Keyed = tuple[str, bytes]
Settings = dict[str, Any]


def run(order: dict[str, Any]) -> dict[str, Any]:
    """`order`: settings, topic, messages (a file, key and body a line), count, rate, seconds.

    All `count` as fast as can be, once written and then once read; then at `rate`, read while they are written.
    """
    settings, topic = order["settings"], order["topic"]
    known = _read(Path(order["messages"]))
    start = _ends(settings, topic)
    return {
        "produced": order["count"] / _produced(settings, topic, _repeated(known, order["count"])),
        "consumed": order["count"] / _consumed(settings, start, order["count"]),
        **_paced(settings, topic, _repeated(known, int(order["rate"] * order["seconds"])), order["rate"]),
    }


def _read(file: Path) -> list[Keyed]:
    pairs = (line.split(b"\t", 1) for line in file.read_bytes().splitlines())
    return [(key.decode(), body) for key, body in pairs]


def _repeated(messages: list[Keyed], count: int) -> list[Keyed]:
    return [messages[n % len(messages)] for n in range(count)]


def _ends(settings: Settings, topic: str) -> list[TopicPartition]:
    """Where the next message of each partition will stand."""
    consumer = Consumer({**settings, "group.id": topic})
    try:
        partitions = [
            TopicPartition(topic, n) for n in consumer.list_topics(topic, _WAIT_SECONDS).topics[topic].partitions
        ]
        ends = [consumer.get_watermark_offsets(each, _WAIT_SECONDS)[1] for each in partitions]
        return [TopicPartition(topic, each.partition, end) for each, end in zip(partitions, ends, strict=True)]
    finally:
        consumer.close()


def _produced(settings: Settings, topic: str, messages: list[Keyed]) -> float:
    """Seconds from the first until the broker has confirmed the last."""
    producer = Producer({**settings, "acks": "all"})
    producer.list_topics(topic, _WAIT_SECONDS)  # it is connected
    began = time.perf_counter()
    for key, body in messages:
        producer.produce(topic, body, key, on_delivery=_no_error)
    _flush(producer)
    return time.perf_counter() - began


def _consumed(settings: Settings, start: list[TopicPartition], count: int) -> float:
    """Seconds from the first request until the last message is in our hands."""
    consumer = Consumer({**settings, "group.id": start[0].topic, "enable.auto.commit": False})
    consumer.list_topics(start[0].topic, _WAIT_SECONDS)
    began, got = time.perf_counter(), 0
    consumer.assign(start)
    while got < count:
        got += len(_fetched(consumer))
    took = time.perf_counter() - began
    consumer.close()
    return took


def _paced(settings: Settings, topic: str, messages: list[Keyed], rate: float) -> dict[str, Any]:
    """Milliseconds from handing a message over until it is confirmed, and until the consumer has it."""
    consumer = Consumer({**settings, "group.id": topic, "enable.auto.commit": False})
    consumer.assign(_ends(settings, topic))
    confirmed: list[float] = []
    writer = threading.Thread(target=_write_paced, args=(settings, topic, messages, rate, confirmed), daemon=True)
    writer.start()
    received: list[float] = []
    while len(received) < len(messages):
        found = _fetched(consumer)
        now = time.time() * 1000
        received += [now - message.timestamp()[1] for message in found]
    writer.join(_WAIT_SECONDS)
    consumer.close()
    if len(confirmed) != len(messages):
        raise RuntimeError(f"{len(confirmed)} of {len(messages)} messages were confirmed")
    return {"confirmed_ms": summary(confirmed), "received_ms": summary(received)}


def _write_paced(settings: Settings, topic: str, messages: list[Keyed], rate: float, confirmed: list[float]) -> None:
    """What is due is handed over every 20 ms, as the seeder does."""
    producer = Producer({**settings, "acks": "all"})
    producer.list_topics(topic, _WAIT_SECONDS)
    began, written = time.perf_counter(), 0
    while written < len(messages):
        due = min(len(messages), int((time.perf_counter() - began) * rate) + 1)
        for key, body in messages[written:due]:
            producer.produce(topic, body, key, on_delivery=partial(_note, confirmed, time.perf_counter()))
        written = due
        producer.poll(_TICK_SECONDS)
    _flush(producer)


def _note(confirmed: list[float], handed_over: float, error: object, message: Message) -> None:
    _no_error(error, message)
    confirmed.append((time.perf_counter() - handed_over) * 1000)


def _no_error(error: object, _message: Message) -> None:
    if error is not None:
        raise RuntimeError(f"a message was refused: {error}")


def _flush(producer: Producer) -> None:
    if left := producer.flush(_WAIT_SECONDS):
        raise RuntimeError(f"{left} messages were not confirmed in {_WAIT_SECONDS:g} s")


def _fetched(consumer: Consumer) -> list[Message]:
    """What there is, some hundreds at most; raises RuntimeError when nothing comes."""
    found = consumer.consume(_AT_ONCE, 0.005) or consumer.consume(1, _WAIT_SECONDS)
    if not found or any(message.error() for message in found):
        raise RuntimeError(f"no message came in {_WAIT_SECONDS:g} s: {[str(each.error()) for each in found][:1]}")
    return found


if __name__ == "__main__":
    answer(run(order_from_stdin()))
