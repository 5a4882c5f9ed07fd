"""A seed gives the faults and their order; each fault is brought until it hits; the load leaves the machine some CPU."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults import faults, run
from tests.faults.cluster import ClusterUnderFaults
from tests.faults.faults import LINK_MODES, Fault
from tests.faults.machine import Machine
from tests.faults.pace import Pace

pytestmark = pytest.mark.unit


@dataclass
class FakeSubject:
    """A system with three kinds, four connections, one disk, and one replica that may join."""

    kinds: tuple[str, ...] = ("host", "runner", "session")
    writes_need: frozenset[str] = frozenset({"host"})
    reminders_need: frozenset[str] = frozenset({"host"})
    links: Any = field(default_factory=lambda: SimpleNamespace(ports={"a": 1, "b": 2, "c": 3, "a-grpc": 4}))
    links_of_writes: tuple[str, ...] = ("a", "b")
    may_join: tuple[str, ...] = ("actors-3",)
    own_kinds: tuple[str, ...] = ("host", "session")

    def disks(self) -> dict[str, tuple[str, str]]:
        return {"postgres": ("/nowhere", "runner")}

    def is_ready(self) -> bool:
        return True


def _names(seed: int) -> list[str]:
    subject: Any = FakeSubject()
    return [fault.name for fault in faults.each_once(subject, seed)]


def test_a_seed_brings_the_same_faults_in_the_same_order() -> None:
    assert _names(7) == _names(7)
    assert sorted(_names(7)) != _names(7)
    assert _names(7) != _names(8)


def test_each_fault_stands_once_in_a_selection() -> None:
    names = _names(7)
    for kind in ("host", "runner", "session"):
        assert names.count(f"kill -9 {kind}") == 1
    assert names.count("stop host 5 s") == names.count("stop runner 5 s") == 1
    assert "stop session 5 s" not in names, "one stopped session of many would have no effect"
    for mode in LINK_MODES:
        assert sum(name.startswith((f"{mode} a", f"{mode} b")) for name in names) == 1
    assert sum(" c " in name for name in names) == 1, "connections that carry no writes are harmed too"
    assert sum("grpc" in name for name in names) == 0
    assert {"rolling restart", "storm of actors-3 60 s", "full disk postgres 4 s"} <= set(names)


def test_with_kinds_the_others_and_their_disks_are_left_out_and_connections_are_not() -> None:
    subject: Any = FakeSubject()
    names = [fault.name for fault in faults.each_once(subject, 7, kinds=("host", "session"))]
    assert {"kill -9 host", "stop host 5 s", "kill -9 session"} <= set(names)
    assert not any("runner" in name or "disk" in name for name in names)
    assert len([name for name in names if name.startswith(LINK_MODES)]) == 5


def test_what_lasts_comes_first_so_that_others_meet_it() -> None:
    assert all(_names(seed)[0] == "storm of actors-3 60 s" for seed in range(20))


def test_ci_brings_each_kind_on_one_system_and_rolls_where_others_go_on(tmp_path: Path) -> None:
    cluster, machine = ClusterUnderFaults(tmp_path), Machine(tmp_path)
    assert set(cluster.kinds) == set(cluster.own_kinds) | set(machine.own_kinds) - {"host", "daprd"}
    alone: Any = FakeSubject(may_join=())
    others: Any = FakeSubject()
    assert "rolling restart" not in [fault.name for fault in faults.share_of_ci(alone, 7)]
    assert "rolling restart" in [fault.name for fault in faults.share_of_ci(others, 7)]


def test_a_rolling_restart_takes_the_first_of_each_role_with_its_sidecar_then_the_second(tmp_path: Path) -> None:
    cluster = ClusterUnderFaults(tmp_path)
    roles = ("actors", "consumers", "web")
    first, second = ([f"{role}-{number}{end}" for end in ("", "-daprd") for role in roles] for number in (1, 2))
    assert cluster.batches(cluster.own_kinds) == [["kafka"], first, second]
    machine = Machine(tmp_path)
    assert machine.batches(["host", "daprd", "session"]) == [["daprd"], ["host"]]


def test_rounds_go_on_with_another_order_and_one_storm() -> None:
    subject: Any = FakeSubject()
    rounds = faults.without_end(subject, 7)
    names = [next(rounds).name for _ in range(60)]
    assert sum(name.startswith("storm") for name in names) == 1
    assert names.count("kill -9 host") > 1


class FakeLoad:
    """A load that has nothing in flight until the try of that number."""

    def __init__(self, hit_at: int) -> None:
        self.recorder = SimpleNamespace(fault=lambda name: 0.0)
        self.acks: list[float] = []
        self.due: list[float] = []
        self.disturbed = self.slow = 0
        self._left = hit_at

    @property
    def in_flight(self) -> int:
        self._left -= 1
        return int(self._left == 0)


@pytest.mark.parametrize(("hit_at", "tries", "hit"), [(1, 1, True), (4, 4, True), (99, 5, False)])
async def test_a_fault_that_meets_nothing_is_brought_again_five_times_at_most(
    monkeypatch: pytest.MonkeyPatch, hit_at: int, tries: int, *, hit: bool
) -> None:
    monkeypatch.setattr(run, "AFTERMATH_SECONDS", 0.0)
    subject: Any = FakeSubject()
    load: Any = FakeLoad(hit_at)
    done: list[str] = []
    fault = Fault("kill", "writes", 0.0, lambda: lambda: done.append("ended"))
    strike = await run._strike(subject, load, fault)
    assert (strike.tries, strike.hit, len(done)) == (tries, hit, tries)


async def test_one_whose_victim_another_fault_took_is_brought_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "AFTERMATH_SECONDS", 0.0)
    subject: Any = FakeSubject()
    load: Any = FakeLoad(99)
    begun: list[int] = []

    def begin() -> Callable[[], None]:
        begun.append(1)
        if len(begun) == 1:
            raise LookupError("none runs")
        return lambda: None

    strike = await run._strike(subject, load, Fault("kill", "nothing", 0.0, begin))
    assert (strike.tries, strike.hit) == (2, True)


async def test_a_fault_that_keeps_the_system_down_says_so_and_is_not_brought_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "AFTERMATH_SECONDS", 0.0)
    monkeypatch.setattr(run, "READY_SECONDS", 0.0)
    subject: Any = FakeSubject()
    monkeypatch.setattr(subject, "is_ready", lambda: False)
    load: Any = FakeLoad(99)
    strike = await run._strike(subject, load, Fault("kill", "nothing", 0.0, lambda: lambda: None))
    assert strike.tries == 1
    assert "ready" in strike.trouble


def test_the_load_goes_up_while_there_is_room_and_down_when_there_is_none() -> None:
    chance = random.Random(1)
    idle = Pace(rate=100, cpu_percent=lambda: chance.uniform(20, 40))
    busy = Pace(rate=100, cpu_percent=lambda: 97.0)
    for _ in range(60):
        idle.look()
        busy.look()
    assert (idle.rate, busy.rate) == (200.0, 60.0)
    assert (len(idle.offered), idle.offered[0], busy.cpu[-1]) == (60, 100, 97.0)
