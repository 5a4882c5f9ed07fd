"""The catalogue: names, hints and what tells them apart."""

import re

import pytest

from web.problems import ProblemError
from web.tools.catalogue import CATALOGUE, tool_named
from web.tools.tool import ReadingTool, Tool, Writing

pytestmark = pytest.mark.unit
TOOLS = pytest.mark.parametrize("tool", CATALOGUE.values(), ids=list(CATALOGUE))
DELETES = {"delete-tasks", "set-series-status", "revert-change-set", "apply-plan"}
NOT_AGAIN = {"add-tasks", "reschedule-tasks", "snooze-reminders"}


def test_there_are_as_many_tools_as_a_model_can_tell_apart() -> None:
    assert 16 <= len(CATALOGUE) <= 24
    assert list(CATALOGUE)[:2] == ["find-tasks", "add-tasks"]


@TOOLS
def test_a_tool_is_a_verb_and_a_noun(tool: Tool) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", tool.name)
    assert "purge" not in tool.name


@TOOLS
def test_a_description_says_first_when_to_use_it(tool: Tool) -> None:
    assert tool.description.startswith("Use this ")
    assert len(tool.description) <= 600
    named = set(
        re.findall(r"\b[a-z]+-(?:tasks|task|series|tags|tag|activity|day|occurrences)(?![\w-])", tool.description)
    )
    assert named - {tool.name} <= CATALOGUE.keys()


@TOOLS
def test_hints_are_what_a_tool_does(tool: Tool) -> None:
    reads = isinstance(tool, ReadingTool)
    assert tool.hints.read_only == reads
    assert tool.scope == ("read" if reads else "write")
    assert tool.hints.destructive == (tool.name in DELETES)
    assert issubclass(tool.input, Writing) == (not reads and tool.name != "apply-plan")  # a plan is in its set already
    if tool.name in NOT_AGAIN:
        assert not tool.hints.idempotent


@TOOLS
def test_every_input_and_list_has_a_limit(tool: Tool) -> None:
    schema = tool.input.model_json_schema()
    for shape in (schema, *schema.get("$defs", {}).values()):
        for name, field in shape.get("properties", {}).items():
            assert field.get("type") != "array" or "maxItems" in field, name
    assert schema["additionalProperties"] is False


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(ProblemError) as problem:
        tool_named("complete_task")
    assert (problem.value.status, problem.value.code) == (404, "unknown_tool")
    assert "complete-tasks" in problem.value.detail
    with pytest.raises(ProblemError) as problem:
        tool_named("x" * 100_000)
    assert len(problem.value.detail) < 1_000
