"""One call of a tool by an agent: it reads, it changes something, or somebody is asked first.

A plan that deletes, or changes more than ten things, is put to a person where the client can do that; for other clients
it is only shown, and apply-plan carries it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from actors.commands import Cause
from actors.replies import Json
from host.store.access.plans import PlanRow
from web.act import Act
from web.api.change_sets.joining import change_set_for
from web.problems import ProblemError
from web.tools import plans
from web.tools.calling import admit, as_first_planned, call, carry_out, dumped, planned, read_arguments, shown
from web.tools.did import did
from web.tools.plan import Plan
from web.tools.plans import APPLY_PLAN
from web.tools.tool import ReadingTool, Tool, Use, WritingTool

_MOST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked; `state` comes back with the answer."""

    message: str
    state: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the state of the question, and whether the person agreed; None if nobody was asked."""

    state: str
    agreed: bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `can_ask` says whether the client puts questions to a person, `answered` what became of one."""

    use: Use
    tool: Tool
    arguments: Mapping[str, Any]
    can_ask: bool = False
    answered: Answered | None = None

    @property
    def act(self) -> Act:
        return self.use.act


async def made(wanted: Call) -> Json | Question:
    """Returns the output of the tool, or what a person is asked first. Raises what `web.tools.calling.call` raises."""
    tool = wanted.tool
    if isinstance(tool, ReadingTool):
        return await call(tool, wanted.use, wanted.arguments)
    admit(tool, wanted.use)
    read_arguments(tool, wanted.arguments)
    if wanted.answered is not None:
        return await _after_question(wanted, wanted.answered)
    if tool is APPLY_PLAN:
        return await _applied(wanted)
    return await _planned(wanted, tool)


async def _planned(wanted: Call, tool: WritingTool[Any]) -> Json | Question:
    act, arguments = wanted.act, wanted.arguments
    asked = read_arguments(tool, arguments)
    if (row := await plans.known(act, tool.name, arguments)) is not None:
        return await _carried_out(wanted, row) if row.started_at else _asked_first(wanted, row)
    plan = await planned(tool, wanted.use, arguments)
    if asked.dry_run:
        return _proposal(await plans.keep(act, tool.name, arguments, plan, asked.change_set))
    if plan.asks:
        return _asked_first(wanted, await plans.keep(act, tool.name, arguments, plan, asked.change_set))
    plan = await as_first_planned(tool, wanted.use, arguments, plan)
    change_set = asked.change_set or await change_set_for(act)
    return dumped(await carry_out(_in(wanted.use, act.command_id, change_set), plan))


async def _applied(wanted: Call) -> Json | Question:
    plan = await planned(APPLY_PLAN, wanted.use, wanted.arguments)
    row = await plans.found(wanted.act, read_arguments(APPLY_PLAN, wanted.arguments).plan_id)
    if plan.asks and wanted.can_ask and row.started_at is None:
        return _question(wanted, row)
    return await _carried_out(wanted, row)


async def _after_question(wanted: Call, answered: Answered) -> Json | Question:
    """Carries out what the person has agreed to; drops what the person does not want."""
    row = await plans.found(wanted.act, _opened(wanted, answered.state))
    if answered.agreed is None:
        return _question(wanted, row)
    if answered.agreed:
        if row.started_at is None:
            await plans.refuse_outdated(wanted.act, plans.plan_of(row))
        return await _carried_out(wanted, row)
    await plans.drop(wanted.act, row)
    declined = shown(plans.plan_of(row))
    return dumped(
        declined.model_copy(update={"next": ["The person declined, so nothing was changed; do not ask again."]})
    )


async def _carried_out(wanted: Call, row: PlanRow) -> Json:
    """Returns what became of a plan; a repeat sends the same commands, and is answered what they were answered."""
    act = wanted.act
    change_set = await plans.start(act, row, row.change_set or await change_set_for(act))
    return dumped(await carry_out(_in(wanted.use, row.id, change_set), plans.plan_of(row)))


def _in(use: Use, call_id: str, change_set: str) -> Use:
    """Returns the use under which the changes are sent: a repeat has the same ids."""
    return Use(replace(use.act, command_id=call_id, cause=Cause("tool", call_id, change_set)))


def _asked_first(wanted: Call, row: PlanRow) -> Json | Question:
    return _question(wanted, row) if wanted.can_ask else _proposal(row, ask=True)


def _proposal(row: PlanRow, *, ask: bool = False) -> Json:
    """Returns what would be done, for the client to show."""
    plan = plans.plan_of(row)
    then = f"apply-plan with plan_id {row.id} does it, within 15 minutes."
    first = "Nothing was changed. Show the person this plan; when they agree, " if ask else "Nothing was changed; "
    changed = shown(plan).model_copy(update={"plan_id": row.id, "next": [first + then, *plan.advice]})
    return dumped(changed)


def _question(wanted: Call, row: PlanRow) -> Question:
    state = [row.id, plans.request_hash(wanted.tool.name, wanted.arguments)]
    return Question(_put(plans.plan_of(row)), wanted.act.signer.seal("plan", wanted.act.user_id, state))


def _opened(wanted: Call, state: str) -> str:
    """Returns the id of the plan in a state; raises the 400 for one that is not ours or belongs to another call."""
    value = wanted.act.signer.open("plan", wanted.act.user_id, state)
    if value is None or value[1] != plans.request_hash(wanted.tool.name, wanted.arguments):
        detail = "The requestState is not the one that this call was answered; call the tool again without it."
        raise ProblemError(400, "bad_request_state", detail)
    return str(value[0])


def _put(plan: Plan) -> str:
    """Returns the question about a plan. Titles are quoted: they are what somebody wrote, and no words of ours."""
    lines = [f"• {did(step)} “{step.title}”" for step in plan.steps[:_MOST_SHOWN]]
    more = [f"• and {len(plan.steps) - _MOST_SHOWN} more"] if len(plan.steps) > _MOST_SHOWN else []
    return "\n".join(["An agent wants to change this in Duely:", *lines, *more, "Shall it?"])
