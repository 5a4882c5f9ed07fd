"""What the rate phase makes of times on the way, and what is said on a machine without a broker."""

import pytest

from load.bench import broker
from load.bench.figures import VoidError
from load.bench.phases.rate import Passage, after, lags, rate
from load.bench.report import Section

pytestmark = pytest.mark.contract

# Ten rows, one each 100 ms; each is a second longer on its way from place to place.
EVENTS = [Passage(100 + n / 10, 101 + n / 10, 102 + n / 10, 103 + n / 10) for n in range(10)]


def test_a_lag_is_counted_from_the_row_or_from_the_place_before() -> None:
    assert lags(EVENTS, "heard")["p99"] == pytest.approx(3000)
    assert lags(EVENTS, "projected", since="published")["p50"] == pytest.approx(1000)


def test_a_rate_counts_the_way_of_the_last_event_too() -> None:
    assert rate(EVENTS, "published") == pytest.approx(10 / 1.9)
    assert rate(EVENTS, "heard") == pytest.approx(10 / 3.9)


def test_what_was_written_in_the_warm_up_does_not_count() -> None:
    assert after(EVENTS, 0.45) == EVENTS[5:]


def test_nothing_that_passed_is_no_lag() -> None:
    with pytest.raises(VoidError):
        lags([], "heard")


def test_a_phase_with_a_broker_has_a_system_of_its_own_and_comes_last() -> None:
    assert broker.systems(["rate", "create"]) == [({}, ["create"]), ({"DUELY_BROKER": "kafka"}, ["rate"])]
    assert broker.systems(["create"]) == [({}, ["create"])]


@pytest.mark.parametrize(("environ", "passed"), [({}, True), ({"DUELY_TEST_ALL": "1"}, False)])
def test_a_phase_is_left_out_where_there_is_no_broker_but_not_where_all_must_run(
    environ: dict[str, str], passed: bool
) -> None:
    found: Section = broker.left_out("Events", "No Java.", environ)
    assert found.passed is passed
    assert found.notes == ["Events: left out. No Java."]
