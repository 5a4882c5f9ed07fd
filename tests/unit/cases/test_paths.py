"""Values of answers by their paths."""

import pytest

from tests.cases.moving_clock import _pair_up
from tests.cases.paths import same, same_items, value_at

pytestmark = pytest.mark.unit

ANSWER = {"items": [{"due": {"local": "2027-03-01T09:00"}, "tags": ["b", "a"]}, {"due": None}], "next": None}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("items[0].due.local", "2027-03-01T09:00"),
        ("items[*].due.local", ["2027-03-01T09:00", None]),
        ("items[5].due", None),
        ("next", None),
        ("next.task_id", None),
        ("nothing[*].id", []),
    ],
)
def test_a_path_finds_its_value(path: str, value: object) -> None:
    assert value_at(ANSWER, path) == value


def test_what_means_the_same_is_the_same() -> None:
    assert same("2027-03-01T08:00:00.000Z", "2027-03-01T09:00:00+01:00")
    assert same("2027-03-01T09:00:00", "2027-03-01T09:00")
    assert same([["b", "a"]], [["a", "b"]], "items[*].tags")
    assert same({"a": None}, {})


def test_what_differs_is_not() -> None:
    assert not same("2027-03-01T08:00:00Z", "2027-03-01T08:00:01Z")
    assert not same(["b", "a"], ["a", "b"], "items[*].title")
    assert not same(None, "")
    assert not same_items(["a", "a"], ["a", "b"])
    assert not same_items(["a"], ["a", "a"])
    assert same_items(["b", "a"], ["a", "b"])


def test_each_wanted_entry_needs_one_of_its_own() -> None:
    def fits(wanted: str, item: str) -> bool:
        return wanted in {"any", item}

    assert _pair_up(["any", "a"], ["a", "b"], fits)
    assert not _pair_up(["a", "a"], ["a", "b"], fits)
    assert not _pair_up(["any"], ["a", "b"], fits)
    assert _pair_up([], [], fits)
