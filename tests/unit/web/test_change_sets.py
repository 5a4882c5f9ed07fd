"""Change sets in words, and their inverses: every type of change has both."""

import pytest

from host.store.read_model.activity_rows import CHANGES
from host.store.read_model.change_set_queries import ChangeRow
from web.api.change_sets.inverse import INVERSES, inverse_of, net, once_a_turn
from web.api.change_sets.words import COUNTED, title

pytestmark = pytest.mark.unit


def row(position: int, event_type: str, version: int = 1, actor_id: str = "a", **changed: object) -> ChangeRow:
    return ChangeRow(position, event_type, actor_id, True, version, changed, None, None, None, None)


def test_every_change_has_an_inverse_and_a_word() -> None:
    assert INVERSES.keys() == CHANGES
    assert COUNTED.keys() == CHANGES | {"task.moved"}


@pytest.mark.parametrize(
    ("things", "words"),
    [
        ([("task.moved", False, 4), ("task.completed", False, 2)], "Moved 4 tasks, completed 2"),
        ([("task.completed", False, 1)], "Completed 1 task"),
        ([("series.created", True, 1), ("task.updated", False, 2)], "Added 1 series, changed 2 tasks"),
        ([("series.paused", True, 1), ("series.updated", True, 1)], "Changed 2 series"),
        ([], "Nothing"),
    ],
)
def test_what_a_set_did_is_one_line(things: list[tuple[str, bool, int]], words: str) -> None:
    assert title(things, reverts=False) == words


def test_of_a_turn_only_the_entry_is_taken_back_from_which_the_others_follow() -> None:
    rows = [row(4, "series.paused", 3), row(3, "series.resumed", 2), row(2, "series.updated", 2)]
    assert [one.position for one in once_a_turn(rows)] == [4, 2]


def test_the_status_alone_is_undone_and_a_series_that_came_back_is_deleted_again() -> None:
    status = {"old": "active", "new": "deleted"}
    inverse = inverse_of(row(1, "series.deleted", status=status, deleted_at={"old": None, "new": "now"}))
    assert inverse.body == {"version": 1, "changed": {"status": status}}
    assert inverse_of(row(1, "series.resumed", status={"old": "deleted", "new": "active"})).way == "delete_series"


def test_changes_that_end_where_they_began_are_none() -> None:
    changes = [{"title": {"old": "a", "new": "b"}}, {"title": {"old": "b", "new": "a"}, "due": {"old": None, "new": 1}}]
    assert net(changes) == [{"field": "due", "set": None, "now": 1}]
