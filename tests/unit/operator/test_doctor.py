"""The diagnosis of `duely doctor` and the text made of it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from host.operator.diagnosis import Diagnosis, Listener, _judge, _look_at_disk
from host.operator.doctor import lines
from host.runner.folder import DataFolder
from host.store.upkeep.processes import Process, Seen
from host.store.upkeep.vitals import Vitals

pytestmark = pytest.mark.unit

CHORES = {"sweeper": "here 17", "pruner": ""}
VITALS = Vitals(
    *("18.6", "0001", {"projector": 7}, ["projector"], 1.25, 9, 2, 1, 8, None, {"recurrence": 3}, CHORES),
    *(4, 5, 7, 6 << 20),
)


def test_a_healthy_report_ends_well_and_lists_what_others_can_reach() -> None:
    report = Diagnosis({"duely": "1"}, url="http://127.0.0.1:1", parts={"host": "pid 1, 2 MB"}, vitals=VITALS)
    report.listeners = [
        Listener("host", "page and API", "tcp", "127.0.0.1", 8080, beyond=False),
        Listener("daprd", "mDNS", "udp", "0.0.0.0", 5353, beyond=True),
    ]
    text = "\n".join(lines(report))
    assert text.startswith("duely 1\n\nRuns at http://127.0.0.1:1\n  host")
    assert text.endswith("All is well.")
    others, here = text.index("other machines"), text.index("this machine only")
    assert others < text.index("udp 0.0.0.0:5353  mDNS") < here < text.index("tcp 127.0.0.1:8080")
    assert "consumer projector     7 events behind, paused" in text
    assert "2 unarmed, 1 overdue, 8 failing" in text
    assert "dead letters           recurrence 3" in text
    assert "4 and 5, 6 MB of database" in text
    assert "active series          7" in text
    assert "chore sweeper          here 17\n  chore pruner           nobody" in text


def test_each_process_is_listed_with_its_version() -> None:
    seen = Seen(Process("a", "web", "1.9.2", "duely-web", "pod-a", 7), datetime(2026, 11, 22, 12, tzinfo=UTC), 3.0)
    text = "\n".join(lines(Diagnosis({}, vitals=replace(VITALS, processes=[seen]))))
    assert (
        "Processes\n  web                    1.9.2, pid 7 on pod-a as duely-web, since 2026-11-22T12:00:00+00:00"
        in text
    )


def test_problems_come_last_one_a_line() -> None:
    report = Diagnosis({"duely": "1"}, problems=["The disk is full.", "Nothing runs."])
    assert lines(report)[-2:] == ["PROBLEM  The disk is full.", "PROBLEM  Nothing runs."]


def test_what_failed_through_bugs_is_counted_with_what_to_do() -> None:
    report = Diagnosis({"duely": "1"})
    _judge(report, VITALS, has_broker=False)
    letters = next(problem for problem in report.problems if "3 events" in problem)
    assert letters.startswith("recurrence could not apply 3 events")
    assert "again automatically after an upgrade" in letters
    assert "duely dead-letters replay --all --consumer recurrence" in letters
    assert any(problem.startswith("8 wakes fail through a bug") for problem in report.problems)


def test_the_size_of_each_existing_folder_is_listed(tmp_path: Path) -> None:
    folder, archive = DataFolder(tmp_path / "data"), tmp_path / "elsewhere"
    for path in (folder.postgres, folder.kafka, archive):
        path.mkdir(parents=True)
        (path / "file").write_bytes(b"x" * 5000)
    report = Diagnosis({"duely": "1"})
    _look_at_disk(report, folder, archive)
    assert list(report.disk) == ["postgres", "kafka", "archive", "free"]
    assert report.disk["archive"] >= 5000
