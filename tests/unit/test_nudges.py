"""A turn wakes the consumers that take what it has committed, and no others."""

import pytest

from host.consumers.catchup import Catchup
from host.process import HostProcess
from host.settings import Broker, Settings

pytestmark = pytest.mark.unit

URL = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(Catchup, "nudge", lambda catchup: names.append(catchup.consumer.name))
    return names


def process(broker: Broker = "none") -> HostProcess:
    return HostProcess(Settings(database_url=URL, broker=broker))


@pytest.mark.parametrize(
    ("types", "woken"),
    [
        ({"task.created", "reminder.scheduled"}, ["projector"]),
        ({"task.overdue", "reminder.fired"}, ["projector", "notifier"]),
        ({"task.completed"}, ["projector", "recurrence"]),
        ({"series.created", "recurrence.triggered"}, ["projector", "recurrence"]),
        ({"user.updated"}, ["projector", "notifier", "rezone"]),
        ({"digest.due"}, ["projector", "digest"]),
    ],
)
async def test_a_commit_wakes_those_who_take_its_events(types: set[str], woken: list[str], nudged: list[str]) -> None:
    process()._on_commit(types)
    assert nudged == woken


async def test_with_a_broker_it_wakes_the_relay_alone(nudged: list[str]) -> None:
    process("kafka")._on_commit({"reminder.fired"})
    assert nudged == []
