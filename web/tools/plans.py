"""Plans that wait: kept under the id of the call that made them, shown, and carried out once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from pydantic import Field

from actors.commands import body_hash
from actors.fields import Id
from host.store.access import plans
from host.store.access.plans import PlanRow
from host.store.read_model import versions
from web.act import Act
from web.api.edge.consistency import wait_for_writes
from web.problems import ProblemError
from web.tools.plan import Plan, Step
from web.tools.tool import Hints, Input, Use, WritingTool

WAITS: Final = timedelta(minutes=15)  # for somebody to apply it
REPEATABLE: Final = timedelta(hours=24)  # once it is carried out, as any other request with a key
_MOST_PLANS: Final = 1_000  # of one user at a time
_MOST_NAMED: Final = 10


async def keep(act: Act, tool: str, arguments: Mapping[str, Any], plan: Plan, change_set: str | None = None) -> PlanRow:
    """Keeps the plan of the call under its command id; returns what is kept, which of two calls at once is the first's.

    Raises the 422 for a key that came with another call, and the 429 for a user who keeps too many.
    """
    now = act.now()
    request = request_hash(tool, arguments)
    row = PlanRow(
        act.command_id, act.user_id, act.caller.id, tool, request, plan.to_json(), now + WAITS, change_set=change_set
    )
    async with act.db.begin() as connection:
        if await plans.count_waiting(connection, act.user_id, now) >= _MOST_PLANS:
            raise _too_many()
        if await plans.add(connection, row):
            return row
    return await known(act, tool, arguments) or row


async def known(act: Act, tool: str, arguments: Mapping[str, Any]) -> PlanRow | None:
    """Returns what is kept of an earlier call with the same id; raises the 422 if that was another one."""
    row = await _find(act, act.command_id)
    if row is not None and row.request != request_hash(tool, arguments):
        detail = "This idempotency key came with another call before; send a new one."
        raise ProblemError(422, "idempotency_mismatch", detail)
    return row


async def found(act: Act, plan_id: str) -> PlanRow:
    """Returns a plan that the caller may apply; raises the 404 for one that is unknown, expired or of another token."""
    row = await _find(act, plan_id)
    if row is None:
        detail = "There is no such plan of this token, or it has expired after 15 minutes; make it again with dry_run."
        raise ProblemError(404, "plan_not_found", detail)
    return row


async def start(act: Act, row: PlanRow, change_set: str) -> str:
    """Notes that the plan is carried out, which only repeats of it do from now on; returns its change set."""
    now = act.now()
    async with act.db.begin() as connection:
        return await plans.mark_started(connection, row.id, change_set, now, now + REPEATABLE)


async def drop(act: Act, row: PlanRow) -> None:
    """Drops a plan that the person does not want."""
    async with act.db.begin() as connection:
        await plans.remove(connection, row.id)


async def refuse_outdated(act: Act, plan: Plan) -> None:
    """Raises the 409 that names what has changed since the plan was made; nothing is done then."""
    await wait_for_writes(act)
    seen = [step for step in plan.steps if step.version is not None]
    async with act.db.connect() as connection:
        now = await versions.of(connection, act.user_id, [step.target for step in seen])
    changed = [step for step in seen if now.get(step.target) != step.version]
    if changed:
        raise _outdated(changed)


def plan_of(row: PlanRow) -> Plan:
    """Returns the plan that the row keeps."""
    return Plan.from_json(row.body)


def request_hash(tool: str, arguments: Mapping[str, Any]) -> str:
    """Returns the same for the same call."""
    return body_hash(tool, dict(arguments))


async def _find(act: Act, plan_id: str) -> PlanRow | None:
    async with act.db.connect() as connection:
        return await plans.find(connection, act.user_id, act.caller.id, plan_id, act.now())


def _too_many() -> ProblemError:
    detail = f"{_MOST_PLANS:,} plans of yours wait to be applied; apply them, or wait until they expire."
    return ProblemError(429, "too_many_plans", detail, headers={"Retry-After": "60"})


def _outdated(changed: Sequence[Step]) -> ProblemError:
    names = ", ".join(f"“{step.title}”" for step in changed[:_MOST_NAMED])
    more = f" and {len(changed) - _MOST_NAMED} more" if len(changed) > _MOST_NAMED else ""
    detail = f"Nothing was done, because something has changed since the plan was made: {names}{more}. Plan it again."
    extra = {"changed": [{"id": step.target, "title": step.title} for step in changed[:_MOST_NAMED]]}
    return ProblemError(409, "plan_outdated", detail, extra=extra)


class ApplyPlan(Input):
    plan_id: Id = Field(description="As a call with dry_run, or one that asks first, answered it")


async def _plan(use: Use, wanted: ApplyPlan) -> Plan:
    row = await found(use.act, wanted.plan_id)
    plan = plan_of(row)
    if row.started_at is None:
        await refuse_outdated(use.act, plan)
    return plan


APPLY_PLAN: Final = WritingTool(
    name="apply-plan",
    title="Apply a plan",
    description="Use this when the person has agreed to a plan: it carries out what an earlier call only planned. Show "
    "the person the results of that call and ask first; a plan can be applied for 15 minutes, by the token that made it. "
    "To apply it twice changes nothing twice. If something has changed since, nothing is done, and you plan it again.",
    input=ApplyPlan,
    plan=_plan,
    hints=Hints(read_only=False, destructive=True),
)
TOOLS: Final = (APPLY_PLAN,)
