"""What the bench may say: percentiles, ratios, the noise floor, and the figures that it must keep to itself."""

import pytest

from load.bench.figures import Loop, VoidError, histogram, noise_floor, percentile, ratio, spread, summary

pytestmark = pytest.mark.contract

LOOP = {"count": 100, "errors": 0, "seconds": 2.0, "cpu_seconds": 0.5, "latency": {"p50": 1.0}}


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([7.0], 0.99) == 7


def test_a_summary_names_the_worst_value() -> None:
    assert summary([3.0, 1.0, 2.0]) == {"p50": 2.0, "p95": 3.0, "p99": 3.0, "max": 3.0}


def test_a_histogram_counts_each_value_once_from_the_first_step_to_the_last() -> None:
    assert histogram([100.0, 199.9, 350.0, 300.0], 100) == "100-200: 2, 200-300: 0, 300-400: 2"
    assert histogram([7.0], 100) == "0-100: 1"


def test_nothing_measured_is_no_figure() -> None:
    with pytest.raises(VoidError):
        summary([])
    with pytest.raises(VoidError):
        spread([])


def test_a_ratio_is_taken_pair_by_pair() -> None:
    found = ratio([100.0, 50.0, 300.0], [100.0, 100.0, 100.0])
    assert (found.middle, found.low, found.high, found.runs) == (1.0, 0.5, 3.0, 3)


def test_sides_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([1.0, 2.0], [1.0])


def test_the_noise_floor_is_each_run_over_the_next_equal_one() -> None:
    found = noise_floor([100.0, 80.0, 100.0])
    assert (found.low, found.high) == (0.8, 1.25)


def test_one_run_alone_has_no_noise_to_show() -> None:
    with pytest.raises(VoidError):
        noise_floor([100.0])


def test_a_loop_knows_its_rate_and_its_own_load() -> None:
    loop = Loop.from_json(dict(LOOP), "create")
    assert loop.rate == 50
    assert loop.generator_load == 0.25


@pytest.mark.parametrize("change", [{"errors": 1, "first_error": "503"}, {"count": 0}])
def test_an_error_or_no_answer_voids_the_figure(change: dict[str, object]) -> None:
    with pytest.raises(VoidError, match="create"):
        Loop.from_json(LOOP | change, "create")
