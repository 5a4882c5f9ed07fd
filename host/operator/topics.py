"""`duely topics`: creates the topics in Kafka and reports those that differ from what Duely expects.

This command alone talks to Kafka directly; messages pass only through Dapr.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import click
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported, though type checkers do not see it
    AdminClient,
    ConfigEntry,  # pyright: ignore[reportPrivateImportUsage]
    ConfigResource,  # pyright: ignore[reportPrivateImportUsage]
    NewTopic,  # pyright: ignore[reportPrivateImportUsage]
    ResourceType,  # pyright: ignore[reportPrivateImportUsage]
    TopicMetadata,  # pyright: ignore[reportPrivateImportUsage]
)

from host.consumers.handler import DEAD_LETTERS, REMINDERS, TASK_EVENTS, TASK_UPDATES
from host.kafka_access import KafkaAccess
from host.operator.command_line import settings_of
from host.operator.database import errors_as_messages
from host.runner.broker import access_of

PARTITIONS: Final = 3
TIMEOUT_SECONDS: Final = 15
TRY_SECONDS: Final = 3
TRIES: Final = 5
_DAY_MS: Final = 24 * 3600 * 1000
# As long as the outbox keeps a row, so that Kafka and the outbox both have what a consumer may have to read again.
RETENTION_MS: Final = 7 * _DAY_MS
_SETTINGS: Final = {"retention.ms": str(RETENTION_MS), "cleanup.policy": "delete"}


class TopicsError(RuntimeError):
    """The topics could not be read or created; the message says why."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that Duely needs."""

    name: str
    partitions: int


@dataclass(slots=True)
class TopicsReport:
    """What `duely topics` found and did: names of topics, and for each that differs a phrase that says how."""

    existing: list[str] = field(default_factory=list[str])
    created: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    differing: list[str] = field(default_factory=list[str])

    @property
    def is_right(self) -> bool:
        return not self.missing and not self.differing

    def lines(self) -> list[str]:
        """Returns the report as text."""
        lists = {"exists": self.existing, "created": self.created, "missing": self.missing}
        return [
            *(f"{word + ':':9}{', '.join(names)}" for word, names in lists.items() if names),
            *(f"differs: {difference}; not changed" for difference in self.differing),
        ]


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; the exit code is 1 when a topic is missing or differs.")
@click.option(
    "--partitions", type=click.IntRange(1, 1_000), default=3, show_default=True, help="Partitions of each busy topic."
)
@click.option(
    "--replicas", type=click.IntRange(0, 10), default=0, help="Copies of each topic; 0 leaves that to the broker."
)
@click.option("--go-on", is_flag=True, hidden=True, help="Exit with 0 also when the broker cannot be reached.")
@click.pass_obj
def topics_command(data_dir: Path | None, *, check: bool, partitions: int, replicas: int, go_on: bool) -> None:
    """Create missing Kafka topics and report those that differ.

    Existing topics are never changed: with more partitions Kafka would send a user's next events elsewhere than the
    last, and with a shorter retention it would drop some. The names begin with DUELY_KAFKA_PREFIX.
    """
    settings = settings_of(data_dir)
    with errors_as_messages():
        access = access_of(settings)
    try:
        report = ensure(access, topics(partitions, settings.kafka_prefix), replicas=replicas, only_look=check)
    except TopicsError as error:
        if go_on:
            click.echo(f"{error}. The topics were not checked; run `duely topics` later.")
            return
        raise click.ClickException(str(error)) from error
    for line in report.lines():
        click.echo(line)
    if check and not report.is_right:
        sys.exit(1)


def topics(partitions: int, prefix: str = "") -> list[Topic]:
    """Returns the topics that Duely needs. Dead letters are rare, and easier to read in one partition."""
    busy = [Topic(prefix + name, partitions) for name in (TASK_EVENTS, REMINDERS, TASK_UPDATES)]
    return [*busy, Topic(prefix + DEAD_LETTERS, 1)]


def ensure(access: KafkaAccess, wanted: Sequence[Topic], *, replicas: int = 0, only_look: bool = False) -> TopicsReport:
    """Creates the missing topics, unless `only_look`; with `replicas` 0 the broker chooses the number of copies.

    A topic that differs is not changed: more partitions would send a user's next events elsewhere than the last, and
    a shorter retention would drop events. Raises TopicsError.
    """
    with _Admin(access) as admin:
        report = admin.compare(wanted)
        if not only_look and report.missing:
            admin.create([topic for topic in wanted if topic.name in report.missing], replicas)
            report.created, report.missing = report.missing, []
    return report


def client_settings(access: KafkaAccess) -> dict[str, Any]:
    """Returns the settings for librdkafka. Source of the names: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md"""
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
        "log_level": 0,  # TopicsError says once what goes wrong
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _path(file: Path | None) -> str | None:
    return str(file) if file else None


def _cause(error: KafkaException | TimeoutError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} s"
    return error.args[0].str() if error.args else str(error)


class _Admin:
    """The admin client; as a context manager it turns Kafka's errors into TopicsError."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._errors: list[KafkaError] = []
        self._client: AdminClient

    def __enter__(self) -> Self:
        settings: dict[str, Any] = {**client_settings(self._access), "error_cb": self._errors.append}
        self._client = AdminClient(settings)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (KafkaException, TimeoutError)):
            cause = _cause(error)
            detail = f"{self._errors[0].str()} ({cause})" if self._errors else cause
            raise TopicsError(f"Kafka at {self._access.brokers}: {detail}") from error

    def _listed(self) -> dict[str, TopicMetadata]:
        """Stops at once when the password is refused: the client would go on asking until its time is over."""
        for _ in range(TRIES - 1):
            try:
                return self._client.list_topics(timeout=TRY_SECONDS).topics
            except KafkaException:
                self._client.poll(0)
                if any(error.code() == KafkaError._AUTHENTICATION for error in self._errors):  # noqa: SLF001  its only name
                    raise
        return self._client.list_topics(timeout=TRY_SECONDS).topics

    def compare(self, wanted: Sequence[Topic]) -> TopicsReport:
        listed = self._listed()
        report = TopicsReport(missing=[topic.name for topic in wanted if topic.name not in listed])
        existing = [topic for topic in wanted if topic.name in listed]
        for topic, settings in zip(existing, self._settings(existing), strict=True):
            partitions = len(listed[topic.name].partitions)
            if differences := _differences(topic, partitions, settings):
                report.differing.append(f"{topic.name} has {', '.join(differences)}")
            else:
                report.existing.append(topic.name)
        return report

    def create(self, missing: Sequence[Topic], replicas: int) -> None:
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
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # another process was faster
                    raise

    def _settings(self, topics: Sequence[Topic]) -> list[Mapping[str, ConfigEntry]]:
        if not topics:
            return []
        resources = [ConfigResource(ResourceType.TOPIC, topic.name) for topic in topics]
        answers = self._client.describe_configs(resources, request_timeout=TIMEOUT_SECONDS)
        return [answers[resource].result(TIMEOUT_SECONDS) for resource in resources]


def _differences(topic: Topic, partitions: int, settings: Mapping[str, ConfigEntry]) -> list[str]:
    actual = {name: settings[name].value if name in settings else "unknown" for name in _SETTINGS}
    differences = [
        f"{name} {actual[name]} instead of {value}" for name, value in _SETTINGS.items() if actual[name] != value
    ]
    if partitions != topic.partitions:
        differences.insert(0, f"{partitions} partitions instead of {topic.partitions}")
    return differences
