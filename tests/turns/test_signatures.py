"""Only what the gateway signed reaches the rules: a turn refuses everything else, and it changes nothing and costs little."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import orjson
import pytest

from actors.clock import SystemClock
from actors.commands import Command
from host import metrics
from host.keys.signatures import WINDOW_SECONDS
from tests.fakes.person import FakeClock
from tests.fakes.signing import KEY, OTHER_KEY, signatures
from tests.turns.conftest import Stage

pytestmark = pytest.mark.turns

Json = dict[str, Any]
WINDOW = timedelta(seconds=WINDOW_SECONDS)
ALMOST = WINDOW - timedelta(minutes=1)
BEYOND = WINDOW + timedelta(minutes=1)


def counted(fault: str) -> float:
    count: float = metrics.commands_refused.labels(fault)._value.get()
    return count


async def refuses(stage: Stage, fault: str, task_id: str, wire: Any) -> None:
    """Sends it, and sees the answer, the count, and that nothing was read, written or called a bug."""
    saves, reads, before = stage.sidecar.saves, stage.sidecar.reads, counted(fault)
    assert await stage.call(task_id, "turn", wire) == {"ok": False, "unsigned": fault}
    assert (stage.sidecar.saves, stage.sidecar.reads, stage.bugs) == (saves, reads, [])
    assert counted(fault) == before + 1


def full(stage: Stage) -> Command:
    """A command in which every field says something."""
    return stage.person.says("PatchTask", {"title": "Theirs", "tags": ["a"], "priority": "high"}, if_match=1)


@pytest.mark.parametrize(
    "unsign",
    [
        lambda wire: {name: value for name, value in wire.items() if name != "mac"},
        lambda wire: {**wire, "mac": None},
        lambda wire: {**wire, "mac": {}},
        lambda wire: {**wire, "mac": {**wire["mac"], "sig": None}},
        lambda wire: {**wire, "mac": {**wire["mac"], "at": "now"}},
        lambda _: None,
        lambda _: [],
        lambda _: "turn",
        lambda _: {},
    ],
)
async def test_what_is_not_signed_is_refused(stage: Stage, unsign: Callable[[Json], Any]) -> None:
    task_id = await stage.create()
    signed = stage.signing.sign("TaskActor", task_id, full(stage).to_wire())
    await refuses(stage, "unsigned", task_id, unsign(signed))


OTHERS: Json = {
    "id": str(uuid4()),
    "name": "DeleteTask",
    "body": {"title": "Mine", "tags": ["a"], "priority": "high"},
    "hash": "0" * 64,
    "principal": {"kind": "user", "id": "somebody", "user_id": "somebody"},
    "correlation_id": "request-of-mine",
    "zone": "UTC",
    "defaults": {"reminder_offset_minutes": 31},
    "if_match": None,
    "cause": None,
    "a field of a later release": 1,
}


@pytest.mark.parametrize("field", OTHERS)
async def test_a_command_that_was_altered_in_any_field_is_refused(stage: Stage, field: str) -> None:
    task_id = await stage.create()
    wire = full(stage).to_wire()
    assert wire.keys() <= OTHERS.keys(), "a new field of commands belongs into this test"
    signed = stage.signing.sign("TaskActor", task_id, wire)
    await refuses(stage, "altered", task_id, {**signed, field: OTHERS[field]})
    if field in wire:
        await refuses(stage, "altered", task_id, {name: value for name, value in signed.items() if name != field})


@pytest.mark.parametrize("member", [{"at": 1}, {"at": True}, {"sig": ""}, {"sig": "ü" * 64}, {"sig": "0" * 64}])
async def test_a_mac_that_was_altered_is_refused(stage: Stage, member: Json) -> None:
    task_id = await stage.create()
    signed = stage.signing.sign("TaskActor", task_id, full(stage).to_wire())
    await refuses(stage, "altered", task_id, {**signed, "mac": {**signed["mac"], **member}})


async def test_a_command_too_deep_to_be_written_again_is_refused(stage: Stage) -> None:
    task_id = await stage.create()
    signed = stage.signing.sign("TaskActor", task_id, full(stage).to_wire())
    text = orjson.dumps({**signed, "body": "HERE"}).replace(b'"HERE"', b"[" * 500 + b"]" * 500)
    answer = await stage.runtime.dispatch("TaskActor", task_id, "turn", text)
    assert orjson.loads(answer) == {"ok": False, "unsigned": "altered"}


async def test_a_command_for_another_receiver_is_refused(stage: Stage) -> None:
    task_id, other = await stage.create(), await stage.create()
    wire = full(stage).to_wire()
    await refuses(stage, "altered", task_id, stage.signing.sign("TaskActor", other, wire))
    await refuses(stage, "altered", task_id, stage.signing.sign("SeriesActor", task_id, wire))


@pytest.mark.parametrize(
    ("ahead", "fault"), [(-BEYOND, "too old"), (-ALMOST, ""), (ALMOST, ""), (BEYOND, "from the future")]
)
async def test_a_command_counts_for_twelve_hours(stage: Stage, ahead: timedelta, fault: str) -> None:
    task_id = await stage.create()
    then = signatures(clock=FakeClock(SystemClock().now() + ahead))
    signed = then.sign("TaskActor", task_id, full(stage).to_wire())
    if fault:
        await refuses(stage, fault, task_id, signed)
    else:
        assert (await stage.call(task_id, "turn", signed))["ok"]


async def test_the_clock_of_a_simulation_does_not_matter(stage: Stage) -> None:
    task_id = await stage.create()
    stage.clock.move(days=400)
    assert (await stage.send(task_id, full(stage))).ok


async def test_a_key_is_replaced_without_a_refusal(stage: Stage) -> None:
    """New keys are accepted everywhere, then sign, and then the old one goes; each step meets both states."""
    steps = [signatures(*keys) for keys in ((KEY,), (KEY, OTHER_KEY), (OTHER_KEY, KEY), (OTHER_KEY,))]
    for old, new in pairwise(steps):
        for signer, checker in ((old, new), (new, old)):
            signed = signer.sign("TaskActor", "t1", full(stage).to_wire())
            assert checker.fault_of("TaskActor", "t1", signed) == ""
    task_id = await stage.create()
    await refuses(stage, "unknown key", task_id, steps[-1].sign("TaskActor", task_id, full(stage).to_wire()))


async def test_a_command_that_is_sent_again_is_signed_and_does_nothing(stage: Stage) -> None:
    task_id = await stage.create()
    signed = stage.signing.sign("TaskActor", task_id, full(stage).to_wire())
    first, again = [await stage.call(task_id, "turn", signed) for _ in range(2)]
    assert first == again
    assert stage.doc(task_id)["version"] == 2
    stage.activations.drop_caches()
    await stage.send(task_id, stage.person.says("CompleteTask"))
    assert await stage.call(task_id, "turn", signed) == first, "also when others came between"
    assert stage.doc(task_id)["version"] == 3


async def test_a_flood_of_refused_commands_is_one_line_of_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    task_id = await stage.create()
    wire = full(stage).to_wire()
    with caplog.at_level(logging.INFO):
        for _ in range(500):
            await refuses(stage, "unsigned", task_id, wire)
    [line] = [record for record in caplog.records if record.name == "host.keys.doorkeeper"]
    assert (line.__dict__["fault"], line.__dict__["actor_type"]) == ("unsigned", "TaskActor")
    assert "Theirs" not in caplog.text


@pytest.mark.parametrize("method", ["tick", "arm", "ping"])
async def test_a_flood_of_what_needs_no_signature_changes_nothing(stage: Stage, method: str) -> None:
    task_id = await stage.create(due={"local": "2026-11-22T18:00", "zone": "Europe/Berlin"})
    before, saves = dict(stage.sidecar.docs), stage.sidecar.saves
    began = time.process_time()
    for _ in range(1_000):
        await stage.call(task_id, method)
        await stage.call(str(uuid4()), method, actor_type="UserActor")
    seconds = time.process_time() - began
    assert len(stage.sidecar.reminders) <= 2, "the scheduler writes each registration to its disk"
    assert (stage.sidecar.docs, stage.sidecar.saves, stage.bugs) == (before, saves, [])
    assert len(stage.sidecar.outbox) == len(orjson.loads(before[task_id])["outbox"])
    assert seconds < 2, "2,000 calls"
