"""A user's tags: the list for completion, and renaming or deleting a tag on every task that has it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from host.store.read_model import tag_queries
from web.api.edge.acting import act_of
from web.api.edge.answers import answer, answer_done
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import TagInPath
from web.api.edge.operation import operation
from web.api.edge.reading import read_body
from web.api.tags import bodies, models
from web.api.tags.queries import Prefix
from web.api.tags.sending import change_everywhere

router: Final = APIRouter(prefix="/api/v1/tags", tags=["tags"], route_class=GuardedRoute)


@router.get("", **operation("list_tags", "read", "List tags with counts", models.TagList, consistent=True))
async def list_(
    request: Request,
    prefix: Annotated[Prefix, Query()] = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    act = act_of(request)
    async with act.db.connect() as connection:
        rows = await tag_queries.listed(connection, act.user_id, prefix, limit)
    return answer({"items": [{"name": name, "count": count} for name, count in rows]})


@router.patch(
    "/{tag:path}",
    **operation(
        "rename_tag", "write", "Rename a tag everywhere", models.TagChange, body=bodies.RenameTag, command=True
    ),
)
async def rename(request: Request, tag: TagInPath) -> Response:
    body = await read_body(request, bodies.RenameTag)
    act = act_of(request)
    return answer_done(act, await change_everywhere(act, tag, "RenameTag", {"from": tag, "to": body.name}))


@router.delete(
    "/{tag:path}", **operation("delete_tag", "write", "Delete a tag everywhere", models.TagChange, command=True)
)
async def delete(request: Request, tag: TagInPath) -> Response:
    act = act_of(request)
    return answer_done(act, await change_everywhere(act, tag, "RemoveTag", {"tag": tag, "everywhere": True}))
