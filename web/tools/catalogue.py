"""The catalogue: every tool by its name, in the order in which they are listed."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from web.problems import ProblemError
from web.tools import activity, change_sets, day, plans, recurrence, reminders, series, tags, tasks
from web.tools.tool import Tool

_LONGEST_NAME: Final = 100
# A line a noun; what each calls TOOLS.
_NOUNS: Final[Sequence[Sequence[Tool]]] = (
    tasks.TOOLS,
    series.TOOLS,
    recurrence.TOOLS,
    reminders.TOOLS,
    tags.TOOLS,
    activity.TOOLS,
    change_sets.TOOLS,
    day.TOOLS,
    plans.TOOLS,
)
CATALOGUE: Final[Mapping[str, Tool]] = {tool.name: tool for noun in _NOUNS for tool in noun}


def tool_named(name: str) -> Tool:
    """Returns the tool; raises the 404 that says which names are near."""
    tool = CATALOGUE.get(name)
    if tool is None:
        near = get_close_matches(name[:_LONGEST_NAME].replace("_", "-").lower(), CATALOGUE, n=3, cutoff=0.6)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(CATALOGUE)}."
        raise ProblemError(404, "unknown_tool", f"There is no tool of that name. {hint}")
    return tool
