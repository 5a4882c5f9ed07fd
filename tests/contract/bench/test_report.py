"""The verdicts of the bench: what is required, in a full run and in a smoke, and how it is written down."""

import pytest

from load.bench.figures import VoidError
from load.bench.phases import create, reminders, search, streams
from load.bench.report import Limit, Line, Section, markdown, table

pytestmark = pytest.mark.contract


def test_the_limits_are_those_that_we_claim() -> None:
    assert (create.AGAINST_PLAIN.limit, create.AGAINST_PLAIN.at_most) == (1.0, False)
    assert (search.ADDED_MS.limit, search.ADDED_MS.at_most) == (3, True)
    assert (reminders.AGAINST_BARE.limit, reminders.AGAINST_BARE.at_most) == (0.7, False)
    assert (reminders.LATENESS_P99.limit, reminders.LATENESS_P99.at_most) == (1000, True)
    assert (streams.LATENCY_P50.limit, streams.LATENCY_P50.at_most) == (50, True)


@pytest.mark.parametrize(("value", "full", "smoke"), [(1.0, True, True), (0.9, False, True), (0.1, False, False)])
def test_a_smoke_run_fails_only_on_the_absurd(value: float, full: bool, smoke: bool) -> None:
    limit = Limit(limit=1.0, smoke_limit=0.2, at_most=False, unit=" x")
    assert limit.met(value, smoke=False) is full
    assert limit.met(value, smoke=True) is smoke


def test_a_limit_from_above_is_met_from_below() -> None:
    limit = Limit(limit=3, smoke_limit=100, at_most=True, unit=" ms")
    assert limit.met(3, smoke=False)
    assert not limit.met(3.1, smoke=False)


def test_a_section_passes_when_no_line_misses_what_is_required() -> None:
    assert Section("s", [Line("a", "1"), Line("b", "2", met=True)]).passed
    assert not Section("s", [Line("a", "1"), Line("b", "2", met=False)]).passed


async def test_a_void_measurement_fails_and_shows_its_reason_but_no_figure() -> None:
    async def lost() -> list[Line]:
        raise VoidError("3 errors")

    section = Section("Create")
    await section.add("create", lost())
    assert not section.passed
    assert section.lines[0].ours == "void"
    assert "3 errors" in markdown([section], {}, "now")


def test_the_table_keeps_its_columns() -> None:
    lines = table([Section("s", [Line("create", "700/s", "500/s", "1.40", "≥ 1", met=True)])]).splitlines()
    assert len(lines) == 2
    assert lines[0].index("against") == lines[1].index("500/s")


def test_the_results_name_what_the_figures_hold_for() -> None:
    text = markdown([Section("Create", [Line("create", "700/s")], ["One note."])], {"machine": "2 cores"}, "At abc.")
    assert "- machine: 2 cores" in text
    assert "## Create\n\nAt abc.\n\n| what |" in text
    assert "- One note." in text


def test_a_phase_measured_alone_takes_its_own_place_and_leaves_the_others() -> None:
    first, second = Section("First", [Line("a", "1/s")], ["A note."]), Section("Second", [Line("b", "2/s")])
    whole = markdown([first, second], {"machine": "m"}, "At abc.")
    assert markdown([first], {"machine": "m"}, "At abc.", whole) == whole
    again = markdown([Section("First", [Line("a", "3/s")])], {"machine": "m"}, "At def.", whole)
    assert again == whole.replace("At abc.", "At def.", 1).replace("1/s", "3/s").replace("\n- A note.\n", "")
