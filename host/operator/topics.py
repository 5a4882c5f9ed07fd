"""The topics: which there are, how they are kept, and `duely topics`, which makes them and says what differs.

This and other commands of the operator alone speak to Kafka themselves; messages pass only through Dapr.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported, though not in the words of type checkers
    AdminClient,
    ConfigEntry,  # pyright: ignore[reportPrivateImportUsage]
    ConfigResource,  # pyright: ignore[reportPrivateImportUsage]
    NewTopic,  # pyright: ignore[reportPrivateImportUsage]
    ResourceType,  # pyright: ignore[reportPrivateImportUsage]
    TopicMetadata,  # pyright: ignore[reportPrivateImportUsage]
)

from host.consumers.handler import DEAD_LETTERS, REMINDERS, TASK_EVENTS, TASK_UPDATES
from host.kafka_access import KafkaAccess

PARTITIONS: Final = 3
TIMEOUT_SECONDS: Final = 15
TRY_SECONDS: Final = 3
TRIES: Final = 5
_DAY_MS: Final = 24 * 3600 * 1000
# As long as a row stays in the outbox: what a consumer may still have to read again is on both sides.
RETENTION_MS: Final = 7 * _DAY_MS
_SETTINGS: Final = {"retention.ms": str(RETENTION_MS), "cleanup.policy": "delete"}


class TopicsError(RuntimeError):
    """Topics could not be read or made; the message says why."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it is meant."""

    name: str
    partitions: int


@dataclass(slots=True)
class TopicsReport:
    """What `duely topics` found and did, a line each."""

    there: list[str] = field(default_factory=list[str])
    made: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    differing: list[str] = field(default_factory=list[str])

    @property
    def as_meant(self) -> bool:
        return not self.missing and not self.differing

    def lines(self) -> list[str]:
        told = {"there": self.there, "made": self.made, "missing": self.missing}
        return [
            *(f"{word + ':':9}{', '.join(names)}" for word, names in told.items() if names),
            *(f"differs: {line}; left as it is" for line in self.differing),
        ]


def topics(partitions: int, prefix: str = "") -> list[Topic]:
    """What there is to be. What is put aside is rare, and easier read in one order."""
    busy = [Topic(prefix + name, partitions) for name in (TASK_EVENTS, REMINDERS, TASK_UPDATES)]
    return [*busy, Topic(prefix + DEAD_LETTERS, 1)]


def ensure(access: KafkaAccess, wanted: Sequence[Topic], *, replicas: int = 0, only_look: bool = False) -> TopicsReport:
    """Make the topics that are missing, unless we only look; `replicas` 0 is the broker's own choice.

    A topic that differs is left as it is: more partitions would send a user's next events elsewhere than the last,
    and a shorter retention would drop what is there. Raises TopicsError.
    """
    with _Admin(access) as admin:
        found = admin.compare(wanted)
        if not only_look and found.missing:
            admin.make([topic for topic in wanted if topic.name in found.missing], replicas)
            found.made, found.missing = found.missing, []
    return found


def client_settings(access: KafkaAccess) -> dict[str, Any]:
    """For librdkafka. Its names: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md"""
    wanted: dict[str, Any] = {
        "bootstrap.servers": access.brokers,
        "client.id": "duely-topics",
        "security.protocol": f"{'sasl_' if access.username else ''}{'ssl' if access.tls else 'plaintext'}",
        "sasl.mechanism": access.mechanism if access.username else None,
        "sasl.username": access.username or None,
        "sasl.password": access.password or None,
        "ssl.ca.location": _path(access.ca_file),
        "ssl.certificate.location": _path(access.certificate_file),
        "ssl.key.location": _path(access.key_file),
        "log_level": 0,  # what goes wrong is said once, in our words
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _path(file: Path | None) -> str | None:
    return str(file) if file else None


def _cause(error: KafkaException | TimeoutError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} s"
    return error.args[0].str() if error.args else str(error)


class _Admin:
    """The admin client with its errors in our words."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._heard: list[KafkaError] = []
        self._client: AdminClient

    def __enter__(self) -> Self:
        settings: dict[str, Any] = {**client_settings(self._access), "error_cb": self._heard.append}
        self._client = AdminClient(settings)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (KafkaException, TimeoutError)):
            cause = _cause(error)
            told = f"{self._heard[0].str()} ({cause})" if self._heard else cause
            raise TopicsError(f"Kafka at {self._access.brokers}: {told}") from error

    def _listed(self) -> dict[str, TopicMetadata]:
        """The client itself goes on asking a broker that has refused its password until time is over."""
        for _ in range(TRIES - 1):
            try:
                return self._client.list_topics(timeout=TRY_SECONDS).topics
            except KafkaException:
                self._client.poll(0)
                if any(error.code() == KafkaError._AUTHENTICATION for error in self._heard):  # noqa: SLF001  so it is named
                    raise
        return self._client.list_topics(timeout=TRY_SECONDS).topics

    def compare(self, wanted: Sequence[Topic]) -> TopicsReport:
        listed = self._listed()
        found = TopicsReport(missing=[topic.name for topic in wanted if topic.name not in listed])
        there = [topic for topic in wanted if topic.name in listed]
        for topic, settings in zip(there, self._settings(there), strict=True):
            has = len(listed[topic.name].partitions)
            if differences := _differences(topic, has, settings):
                found.differing.append(f"{topic.name} has {', '.join(differences)}")
            else:
                found.there.append(topic.name)
        return found

    def make(self, missing: Sequence[Topic], replicas: int) -> None:
        new = [
            NewTopic(
                topic.name,
                num_partitions=topic.partitions,
                replication_factor=replicas or -1,
                config=dict(_SETTINGS),
            )
            for topic in missing
        ]
        for future in self._client.create_topics(new, operation_timeout=TIMEOUT_SECONDS).values():
            try:
                future.result(TIMEOUT_SECONDS)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # somebody else was quicker
                    raise

    def _settings(self, topics: Sequence[Topic]) -> list[Mapping[str, ConfigEntry]]:
        if not topics:
            return []
        asked = [ConfigResource(ResourceType.TOPIC, topic.name) for topic in topics]
        answers = self._client.describe_configs(asked, request_timeout=TIMEOUT_SECONDS)
        return [answers[resource].result(TIMEOUT_SECONDS) for resource in asked]


def _differences(topic: Topic, partitions: int, settings: Mapping[str, ConfigEntry]) -> list[str]:
    has = {name: settings[name].value if name in settings else "not told" for name in _SETTINGS}
    differences = [f"{name} {has[name]} instead of {value}" for name, value in _SETTINGS.items() if has[name] != value]
    if partitions != topic.partitions:
        differences.insert(0, f"{partitions} partitions instead of {topic.partitions}")
    return differences
