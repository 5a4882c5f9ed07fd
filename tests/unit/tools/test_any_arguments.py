"""Arguments of any form: they are taken, or refused with a place and a code, and nothing else happens."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.problems import MOST_FAULTS, ProblemError
from web.tools.calling import read_arguments
from web.tools.catalogue import CATALOGUE

pytestmark = pytest.mark.unit
TEXTS = st.sampled_from(
    [
        "", "none", "today", "2026-12-01", "2026-12-01T09:00", "2026-13-01", "-PT30M", "P", "\x00", "\ud800", "\u200b",
        "9" * 400, "0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11", "FREQ=DAILY", "2026-12-01T09:00:00+99:99", "١٢",
    ]
)  # fmt: skip
ATOMS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | TEXTS
)  # fmt: skip
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["task", "title", "line", "due", "reminders"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@pytest.mark.parametrize("name", CATALOGUE)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_arguments_are_taken_or_refused(name: str, data: st.DataObject) -> None:
    fields = [*CATALOGUE[name].input.model_fields, "unknown"]
    arguments: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(fields), VALUES, max_size=6))
    problem = refusal(name, arguments)
    if problem is not None:
        assert problem.status == 422
        assert 0 < len(problem.faults) <= MOST_FAULTS
        assert all(fault.code and fault.detail for fault in problem.faults)


def refusal(name: str, arguments: dict[str, Any]) -> ProblemError | None:
    try:
        read_arguments(CATALOGUE[name], arguments)
    except ProblemError as problem:
        return problem
    return None
