"""The log of bugs: enough to find each bug, without a line for every repetition."""

import logging

import pytest

from actors.bugs import Bug
from host import metrics
from host.bugs import BugLog
from host.seldom import AGAIN_SECONDS, MOST_REMEMBERED
from host.version import code_version

pytestmark = pytest.mark.unit


def raises(error: type[Exception]) -> None:
    raise error("what somebody wrote")


def bug(actor_id: str = "t1", error: type[Exception] = KeyError) -> Bug:
    with pytest.raises(error) as raised:
        raises(error)
    return Bug("TaskActor", actor_id, "PatchTask", "request-1", raised.value)


def test_a_bug_is_logged_once_a_minute_and_counted_each_time(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    bugs = BugLog(lambda: now[0])
    before = metrics.actor_bugs.labels("TaskActor")._value.get()
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            bugs.note(bug())
        bugs.note(bug("t2"))
        bugs.note(bug(error=ValueError))
        now[0] += AGAIN_SECONDS
        bugs.note(bug())
    lines = [(line.__dict__["actor"], bool(line.exc_info)) for line in caplog.records]
    assert lines == [("t1", True), ("t2", False), ("t1", True), ("t1", True)]
    first = caplog.records[0].__dict__
    assert (first["actor_type"], first["doing"], first["correlation_id"]) == ("TaskActor", "PatchTask", "request-1")
    assert first["fingerprint"] == bug().fingerprint
    assert metrics.actor_bugs.labels("TaskActor")._value.get() == before + 8


def test_very_many_actors_with_a_bug_take_little_memory() -> None:
    bugs = BugLog()
    for number in range(2 * MOST_REMEMBERED):
        bugs.note(bug(f"t{number}"))
    assert len(bugs._seldom._passed_at) <= MOST_REMEMBERED


def test_the_mark_holds_nothing_of_the_text() -> None:
    assert bug().fingerprint == bug("t2").fingerprint != bug(error=ValueError).fingerprint
    assert len(bug().fingerprint) == 12


def test_the_program_names_itself_the_same_each_time() -> None:
    code_version.cache_clear()
    first = code_version()
    code_version.cache_clear()
    assert code_version() == first
    assert "+" in first
