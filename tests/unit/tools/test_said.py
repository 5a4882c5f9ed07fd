"""What a problem says to a model."""

import pytest

from web.problems import ProblemError
from web.tools.mcp.said import problem_said

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("code", "advised"), [("task_not_found", True), ("series_not_found", True), ("plan_not_found", False)]
)
def test_only_for_an_unknown_task_or_series_is_looking_for_its_id_advised(code: str, *, advised: bool) -> None:
    assert ("find-tasks" in problem_said(ProblemError(404, code, "There is none."))) is advised
