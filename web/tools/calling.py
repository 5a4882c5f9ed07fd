"""Calls of tools: what was sent is validated, a writing tool's plan is made, kept and carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from actors.commands import body_hash
from actors.replies import Json
from actors.typed import TYPED
from web.api.change_sets.joining import change_set_for
from web.api.edge.consistency import wait_for_writes
from web.api.tasks.sending import as_first_asked
from web.problems import ProblemError, invalid_body
from web.tools.plan import MOST_STEPS, Plan
from web.tools.steps import carry_out_each, planned_result, unfit_result
from web.tools.tool import Changed, Output, ReadingTool, Result, Tool, Use, Writing, WritingTool


async def call(tool: Tool, use: Use, arguments: Mapping[str, Any]) -> Json:
    """Returns the output of the tool; the same call again, by its command id, does nothing twice.

    Raises ProblemError for arguments that are not valid (422), a scope that is missing (403) and writes that cannot be
    read yet (503). What fails for one item stands in its result.
    """
    admit(tool, use)
    if isinstance(tool, ReadingTool):
        return await _read(tool, use, arguments)
    asked = read_arguments(tool, arguments)
    plan = await planned(tool, use, arguments)
    if asked.dry_run:
        return dumped(shown(plan))
    plan = await as_first_planned(tool, use, arguments, plan)
    return dumped(await carry_out(in_change_set(use, asked), plan))


async def planned(tool: WritingTool[Any], use: Use, arguments: Mapping[str, Any]) -> Plan:
    """Returns what a call would do as things are now; raises what `call` raises."""
    admit(tool, use)
    asked = read_arguments(tool, arguments)
    await wait_for_writes(use.act)
    plan = await tool.plan(use, asked)
    assert len(plan.steps) <= MOST_STEPS, tool.name  # noqa: S101  each tool limits its items
    return plan


async def carry_out(use: Use, plan: Plan) -> Changed:
    """Returns what became of each item; a plan that is carried out again answers what it answered first.

    Where nothing could be planned there is no change set.
    """
    if not plan.steps:
        return shown(plan)
    act = use.act
    change_set = await change_set_for(act)
    use = replace(use, act=replace(act, cause=replace(act.cause, change_set=change_set)))
    results = await carry_out_each(use, plan.steps)
    return Changed(results=_in_order(plan, results), change_set=change_set, next=[*plan.advice])


def shown(plan: Plan) -> Changed:
    """Returns what a plan would do, which is what a dry run answers, and all that a plan without steps does."""
    return Changed(results=_in_order(plan, [planned_result(step) for step in plan.steps]), next=[*plan.advice])


def in_change_set(use: Use, asked: Writing) -> Use:
    """Returns the use with the change set that the call names, if it names one."""
    if asked.change_set is None:
        return use
    return replace(use, act=replace(use.act, cause=replace(use.act.cause, change_set=asked.change_set)))


def admit(tool: Tool, use: Use) -> None:
    """Raises the 403 for a caller that may not use the tool."""
    caller = use.act.caller
    if not caller.may(tool.scope):
        scopes = ", ".join(f"`{scope}`" for scope in sorted(caller.scopes))
        detail = (
            f"{tool.name} needs the scope `{tool.scope}`, and those of this token are {scopes}; create another one."
        )
        raise ProblemError(403, "scope_missing", detail)


def read_arguments(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    """Returns the input of the tool; raises the 422 that names each fault."""
    try:
        return tool.input.model_validate(dict(arguments), context=TYPED)
    except ValidationError as error:
        raise invalid_body(error.errors(include_url=False, include_context=False, include_input=False)) from error


def dumped(output: Output) -> Json:
    """Returns an output as JSON, without the fields that say nothing."""
    return output.model_dump(mode="json", exclude_defaults=True)


async def _read(tool: ReadingTool[Any, Any], use: Use, arguments: Mapping[str, Any]) -> Json:
    asked = read_arguments(tool, arguments)
    await wait_for_writes(use.act)
    return dumped(await tool.read(use, asked))


async def as_first_planned(tool: Tool, use: Use, arguments: Mapping[str, Any], plan: Plan) -> Plan:
    """Returns the plan of the first call with this command id: a name may fit other things by now."""
    kept = await as_first_asked(use.act, body_hash(tool.name, dict(arguments)), plan.to_json())
    return Plan.from_json(kept)


def _in_order(plan: Plan, results: Sequence[Result]) -> list[Result]:
    """Returns one result for each item of the call, in the order of the items."""
    ordered = [*results]
    for item in sorted(plan.unfit, key=lambda unfit: unfit.item):
        ordered.insert(item.item, unfit_result(item))
    return ordered
