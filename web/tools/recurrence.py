"""preview-recurrence: a rule in words and its next dates, before anything is saved."""

import asyncio
from typing import Annotated, Any, Final

from pydantic import Field

from actors.recurrence.expansion import Policies
from actors.replies import Refused
from actors.series.bodies import Mode, MonthEnd
from actors.series.preview import PreviewedSlot, preview
from web.problems import refused
from web.tools.brief import due_of as due_of_slot
from web.tools.moments import StartText, due_of
from web.tools.series.models import START, RuleText
from web.tools.tool import Input, Output, ReadingTool, Use

MOST: Final = 20


class PreviewRecurrence(Input):
    rule: RuleText
    start: Annotated[StartText, Field(min_length=1)] = Field(description=START)
    mode: Mode = "schedule"
    month_end: MonthEnd = "clamp"
    count: Annotated[int, Field(strict=True, ge=1, le=MOST)] = 5


class PreviewedDue(Output):
    due: dict[str, Any]
    at: str
    shifted: bool = Field(description="Clocks leave out that local time; `at` is the first instant after it")


class PreviewFound(Output):
    """A rule in words and its next dates, fewer where it ends."""

    sentence: str
    dates: list[PreviewedDue]
    next: list[str]


async def preview_recurrence(use: Use, asked: PreviewRecurrence) -> PreviewFound:
    """Returns the sentence and the next dates of a rule; raises the 422 for one that is not valid or has none left."""
    act, policies = use.act, Policies(month_end=asked.month_end, mode=asked.mode)
    # The rarest rules take some 50 ms, in which others are answered.
    previewed = await asyncio.to_thread(
        preview,
        asked.rule,
        due_of(act, asked.start),
        act.caller.profile.zone,
        policies,
        count=asked.count,
        now=act.now(),
    )
    if isinstance(previewed, Refused):
        raise refused(previewed)
    dates = [_shown(slot) for slot in previewed["occurrences"]]
    advice = "repeat-task gives a task this rule; add-tasks makes a new one with it."
    return PreviewFound(sentence=previewed["sentence"], dates=dates, next=[advice])


def _shown(slot: PreviewedSlot) -> PreviewedDue:
    return PreviewedDue(due=due_of_slot(slot), at=slot["at"], shifted=slot["shifted"])


PREVIEW_RECURRENCE: Final = ReadingTool(
    name="preview-recurrence",
    title="Preview a rule",
    description="Use this to check a rule of repetition before you save it: it gives the rule in words and the next dates. "
    "It changes nothing; repeat-task, add-tasks and update-series take the same rule.",
    input=PreviewRecurrence,
    output=PreviewFound,
    read=preview_recurrence,
)
TOOLS: Final = (PREVIEW_RECURRENCE,)
