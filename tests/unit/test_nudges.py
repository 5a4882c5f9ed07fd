"""A commit nudges the consumers that take its events, and no others."""

import pytest

from host.chores.relay import Relay
from host.consumers.catchup import Catchup
from host.process import HostProcess
from host.settings import Broker, Settings
from tests.fakes.signing import signatures

pytestmark = pytest.mark.unit

URL = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(Catchup, "nudge", lambda catchup: names.append(catchup.consumer.name))
    monkeypatch.setattr(Relay, "nudge", lambda _: names.append("relay"))
    return names


def process(broker: Broker = "none") -> HostProcess:
    return HostProcess(Settings(database_url=URL, broker=broker), signatures())


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ({"task.created", "reminder.scheduled"}, ["projector"]),
        ({"task.overdue", "reminder.fired"}, ["projector", "notifier"]),
        ({"task.completed"}, ["projector", "recurrence"]),
        ({"series.created", "recurrence.triggered"}, ["projector", "recurrence"]),
        ({"user.updated"}, ["projector", "notifier", "rezone"]),
        ({"digest.due"}, ["projector", "digest"]),
    ],
)
async def test_a_commit_nudges_those_who_take_its_events(
    types: set[str], expected: list[str], nudged: list[str]
) -> None:
    process()._on_commit(types)
    assert nudged == expected


async def test_with_a_broker_it_nudges_only_the_relay(nudged: list[str]) -> None:
    process("kafka")._on_commit({"reminder.fired"})
    assert nudged == ["relay"]
