"""find-change-sets and revert-change-set."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from actors.fields import Id
from actors.replies import Json
from host.store.access import tokens
from host.store.read_model import change_set_queries
from host.store.read_model.change_set_queries import ChangeSetRow
from web.api.change_sets.shown import change_set_json
from web.problems import Fault, ProblemError
from web.tools.plan import MOST_UNASKED, Plan, Step, Unfit
from web.tools.tool import Hints, Input, Output, ReadingTool, Use, Writing, WritingTool

_WHO: Final = {"user": "You", "token": "A script", "agent": "An agent"}
_MOST_LOOKED_THROUGH: Final = 200  # for the last one that stands


class FindChangeSets(Input):
    limit: Annotated[int, Field(strict=True, ge=1, le=50)] = 10
    by: Literal["anyone", "me"] = Field(default="anyone", description="me: only those of the token that calls")


class ChangeSet(Output):
    id: str
    title: str = Field(description="What it did, in words")
    who: str
    changes: int
    last_at: str
    reverted_by: str | None = Field(description="The change set that took it back; null: it stands")
    reverts: str | None = Field(description="The change set that this one took back")


class ChangeSetsFound(Output):
    change_sets: list[ChangeSet] = Field(description="The last used first")
    next: list[str]


class RevertChangeSet(Writing):
    id: Id | None = Field(
        default=None,
        description="The change set to take back; without it the last one that this token made and that stands",
    )


async def find_change_sets(use: Use, asked: FindChangeSets) -> ChangeSetsFound:
    """Returns the person's change sets, the last used first."""
    rows = await _newest(use, _MOST_LOOKED_THROUGH if asked.by == "me" else asked.limit)
    if asked.by == "me":
        rows = [row for row in rows if row.actor_id == use.act.caller.id]
    found = [_shown(one) for one in await _json(use, rows[: asked.limit])]
    advice = "revert-change-set takes one back, as far as nothing was changed since." if found else "There is none yet."
    return ChangeSetsFound(change_sets=found, next=[advice])


async def plan_revert(use: Use, asked: RevertChangeSet) -> Plan:
    """Plans to take a set back; one that deletes what was made, or is large, is asked about first."""
    if asked.id is None and asked.change_set is not None:
        detail = "name the change set to take back as id; change_set is only the one that this call is put into."
        raise ProblemError(422, "invalid_request", f"Correct /id: {detail}", faults=[Fault("/id", "required", detail)])
    row = await _meant(use, asked.id)
    if row is None:
        detail = "There is no such change set; find-change-sets lists those that there are."
        return Plan(unfit=(Unfit(0, "change_set_not_found", detail),))
    [one] = await _json(use, [row])
    asks = row.changes > MOST_UNASKED or one["counts"]["made"] > 0
    step = Step(kind="revert", target=row.id, title=one["title"], asks=asks)
    return Plan((step,), advice=("The id of the result is a change set, too: revert-change-set takes it back again.",))


async def _meant(use: Use, change_set: str | None) -> ChangeSetRow | None:
    if change_set is None:
        rows = await _newest(use, _MOST_LOOKED_THROUGH)
        mine = (row for row in rows if row.actor_id == use.act.caller.id)
        return next((row for row in mine if row.reverted_by is None and row.reverts is None), None)
    async with use.act.db.connect() as connection:
        return (await change_set_queries.find(connection, use.act.user_id, [change_set])).get(change_set)


async def _newest(use: Use, limit: int) -> Sequence[ChangeSetRow]:
    async with use.act.db.connect() as connection:
        return await change_set_queries.listed(connection, use.act.user_id, limit=limit)


async def _json(use: Use, rows: Sequence[ChangeSetRow]) -> list[Json]:
    async with use.act.db.connect() as connection:
        things = await change_set_queries.things(connection, use.act.user_id, [row.id for row in rows])
        names = await tokens.names(connection, use.act.user_id, [row.actor_id for row in rows])
    return [change_set_json(row, things.get(row.id, []), names) for row in rows]


def _shown(one: Json) -> ChangeSet:
    who = one["who"]
    names = ("id", "title", "changes", "last_at", "reverted_by", "reverts")
    return ChangeSet(**{name: one[name] for name in names}, who=who["name"] or _WHO.get(who["kind"], "Duely"))


FIND_CHANGE_SETS: Final = ReadingTool(
    name="find-change-sets",
    title="Find change sets",
    description="Use this to see which changes were made together, by whom, and whether they were taken back. "
    "For single changes use find-activity.",
    input=FindChangeSets,
    output=ChangeSetsFound,
    read=find_change_sets,
)
REVERT_CHANGE_SET: Final = WritingTool(
    name="revert-change-set",
    title="Take a change set back",
    description="Use this to undo all changes of a change set at once. What somebody changed since stays and is named. "
    "Asks first when it deletes what was made, or takes back more than 10 changes.",
    input=RevertChangeSet,
    plan=plan_revert,
    hints=Hints(read_only=False, destructive=True),
)
TOOLS: Final = (FIND_CHANGE_SETS, REVERT_CHANGE_SET)
