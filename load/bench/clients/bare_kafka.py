"""A bare producer and consumer for comparison: Kafka's own C client with the same messages, keys and partitions."""

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
    """Writes `count` messages as fast as possible, then reads them; then writes at `rate` and reads meanwhile.

    `order`: settings, topic, messages (a file with a key and a body in each line), count, rate, seconds.
    Returns `produced` and `consumed` as messages a second, `confirmed_ms` and `received_ms` as summaries.
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
    """Returns the offset of the next message of each partition."""
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
    """Returns the seconds from the first message until the broker has confirmed the last."""
    producer = Producer({**settings, "acks": "all"})
    producer.list_topics(topic, _WAIT_SECONDS)  # so that it is connected before the time is taken
    began = time.perf_counter()
    for key, body in messages:
        producer.produce(topic, body, key, on_delivery=_no_error)
    _flush(producer)
    return time.perf_counter() - began


def _consumed(settings: Settings, start: list[TopicPartition], count: int) -> float:
    """Returns the seconds from the first request until the last message is received."""
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
    """Writes at `rate`; returns the ms from handing a message over until it is confirmed, and until it is received."""
    consumer = Consumer({**settings, "group.id": topic, "enable.auto.commit": False})
    consumer.assign(_ends(settings, topic))
    confirmed: list[float] = []
    writer = threading.Thread(target=_write_paced, args=(settings, topic, messages, rate, confirmed), daemon=True)
    writer.start()
    received: list[float] = []
    while len(received) < len(messages):
        messages_now = _fetched(consumer)
        now = time.time() * 1000
        received += [now - message.timestamp()[1] for message in messages_now]
    writer.join(_WAIT_SECONDS)
    consumer.close()
    if len(confirmed) != len(messages):
        raise RuntimeError(f"{len(confirmed)} of {len(messages)} messages were confirmed")
    return {"confirmed_ms": summary(confirmed), "received_ms": summary(received)}


def _write_paced(settings: Settings, topic: str, messages: list[Keyed], rate: float, confirmed: list[float]) -> None:
    """Every 20 ms hands over what is due, as the seeder does."""
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
    """Returns the messages that are there, 500 at most; raises RuntimeError when none comes."""
    messages = consumer.consume(_AT_ONCE, 0.005) or consumer.consume(1, _WAIT_SECONDS)
    if not messages or any(message.error() for message in messages):
        raise RuntimeError(f"no message came in {_WAIT_SECONDS:g} s: {[str(each.error()) for each in messages][:1]}")
    return messages


if __name__ == "__main__":
    answer(run(order_from_stdin()))
