"""`duely doctor` on a healthy, a faulty and a stopped system."""

import json
import signal
from pathlib import Path

import pytest

from host.version import VERSION
from tests.support.deadline import until
from tests.support.system import PARTS, System

pytestmark = [pytest.mark.live, pytest.mark.timeout(90)]


def test_a_healthy_system_is_all_well(system: System) -> None:
    until(lambda: system.cli("doctor").returncode == 0, 30, "well")
    output = system.cli("doctor").stdout
    assert output.rstrip().endswith("All is well.")
    for word in (*PARTS, system.url, "projector", "wakes", "oldest event waiting", "free", "postgresql 18"):
        assert word in output


def test_its_one_process_is_listed_with_its_version(system: System) -> None:
    report = json.loads(system.cli("doctor", "--json").stdout)
    [seen] = report["vitals"]["processes"]
    ours = {"role": "all", "pid": system.pids()["host"], "version": VERSION, "app_id": "duely"}
    assert {name: seen["process"][name] for name in ours} == ours


def test_listeners_beyond_this_machine_are_told_apart_from_the_others(system: System) -> None:
    report = json.loads(system.cli("doctor", "--json").stdout)
    beyond = {(item["part"], item["protocol"]) for item in report["listeners"] if item["beyond"]}
    assert beyond <= {("daprd", "udp")}
    ours = {item["use"]: item for item in report["listeners"] if item["part"] == "host"}
    assert (ours["page and API"]["port"], ours["page and API"]["address"]) == (system.port, "127.0.0.1")
    assert f"http://127.0.0.1:{ours['metrics and readiness']['port']}" == system.inner_url
    assert report["watched"]["address"] == system.inner_url
    assert report["watched"]["token"] == str(system.data.run / "inner-token")


def test_a_part_that_hangs_is_named(system: System) -> None:
    host = system.part("host")
    host.send_signal(signal.SIGSTOP)
    try:
        done = system.cli("doctor")
    finally:
        host.send_signal(signal.SIGCONT)
    assert done.returncode == 1
    assert "stopped" in done.stdout
    assert f"PROBLEM  The page does not answer at {system.url}" in done.stdout


def test_without_a_running_system_the_doctor_says_how_to_start_it(tmp_path: Path) -> None:
    done = System(tmp_path).cli("doctor")
    assert done.returncode == 1
    assert "start it with `duely up`" in done.stdout
    assert "Traceback" not in done.stderr
