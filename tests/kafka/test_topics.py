"""`duely topics` creates missing topics, once, and names topics that differ without changing them."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from confluent_kafka.admin import AdminClient

from host.chores.pruner import OUTBOX_AGE
from host.operator.topics import RETENTION_MS, Topic, client_settings, ensure, topics
from tests.kafka.broker import TestBroker
from tests.support.system import ROOT

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]


def command(broker: TestBroker, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "host.operator.cli", "topics", *arguments],
        cwd=ROOT,
        env={**os.environ, **broker.access.environment(), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=40,
    )


def test_missing_topics_are_created_once_and_only_listed_by_a_check(broker: TestBroker) -> None:
    wanted = [Topic("test-made", 2), Topic("test-made-too", 1)]
    assert ensure(broker.access, wanted, only_look=True).missing == ["test-made", "test-made-too"]
    assert ensure(broker.access, wanted[:1]).created == ["test-made"]
    outcome = ensure(broker.access, wanted)
    assert (outcome.existing, outcome.created) == (["test-made"], ["test-made-too"])
    assert ensure(broker.access, wanted).lines() == ["exists:  test-made, test-made-too"]
    listed = AdminClient(client_settings(broker.access)).list_topics(timeout=5).topics
    assert len(listed["test-made"].partitions) == 2


def test_a_topic_that_differs_is_named_and_left_as_it_is(broker: TestBroker) -> None:
    ensure(broker.access, [Topic("test-differs", 1)])
    outcome = ensure(broker.access, [Topic("test-differs", 6)])
    assert outcome.lines() == ["differs: test-differs has 1 partitions instead of 6; not changed"]
    assert not outcome.is_right
    assert ensure(broker.access, [Topic("test-differs", 1)]).is_right


def test_a_check_that_finds_something_exits_with_1(broker: TestBroker) -> None:
    made = command(broker)
    assert made.returncode == 0, made.stderr
    checked = command(broker, "--check")
    assert checked.returncode == 0, checked.stdout
    assert all(topic.name in checked.stdout for topic in topics(3))
    other = command(broker, "--check", "--partitions", "6")
    assert other.returncode == 1
    assert "task-events has 3 partitions instead of 6" in other.stdout
    assert "dead-letters has" not in other.stdout


def test_a_broker_that_cannot_be_reached_is_named(broker: TestBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = command(broker, DUELY_KAFKA_PASSWORD="guessed")
    assert wrong.returncode == 1
    assert broker.access.brokers in wrong.stderr
    assert "uthentication" in wrong.stderr
    assert command(broker, "--go-on", DUELY_KAFKA_PASSWORD="guessed").returncode == 0


def test_events_are_kept_as_long_as_in_the_outbox() -> None:
    assert timedelta(milliseconds=RETENTION_MS) == OUTBOX_AGE
