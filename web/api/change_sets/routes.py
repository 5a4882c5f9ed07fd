"""Change sets: the list, one with its entries, and taking one back."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from web.api.change_sets import models
from web.api.change_sets.queries import ChangeSetQuery, EntryQuery
from web.api.change_sets.reading import entries, listed
from web.api.change_sets.sending import revert
from web.api.edge.acting import act_of
from web.api.edge.answers import answer, answer_done
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import ChangeSetId
from web.api.edge.operation import operation

router: Final = APIRouter(prefix="/api/v1/change-sets", tags=["change sets"], route_class=GuardedRoute)


@router.get(
    "",
    **operation(
        "list_change_sets", "read", "List change sets, the last used first", models.ChangeSetPage, consistent=True
    ),
)
async def list_(request: Request, query: Annotated[ChangeSetQuery, Query()]) -> Response:
    return answer(await listed(act_of(request), query))


@router.get(
    "/{change_set_id}",
    **operation("get_change_set", "read", "Get a change set", models.ChangeSetEntries, consistent=True),
)
async def get(request: Request, change_set_id: ChangeSetId, query: Annotated[EntryQuery, Query()]) -> Response:
    return answer(await entries(act_of(request), change_set_id, query))


@router.post(
    "/{change_set_id}/revert",
    **operation("revert_change_set", "write", "Take a change set back", models.Reverted, command=True),
)
async def take_back(request: Request, change_set_id: ChangeSetId) -> Response:
    act = act_of(request)
    return answer_done(act, await revert(act, change_set_id))
