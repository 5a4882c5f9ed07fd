"""A user's tags: the list for autocompletion, and renaming or deleting one on every task that has it."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from actors.fields import STORABLE, TagName, fold
from actors.replies import Json
from host.store import tag_queries, task_queries
from web.api import bodies, models
from web.api.bulk import Outcome, send_each
from web.api.caller import caller_of
from web.api.consistency import honour
from web.api.guard import GuardedRoute
from web.api.operation import operation
from web.api.parts import parts_of
from web.api.reading import read_body
from web.api.sending import answer, command_of
from web.problems import ProblemError

router: Final = APIRouter(prefix="/api/v1/tags", tags=["tags"], route_class=GuardedRoute)
TagInPath = Annotated[TagName, Path()]
Prefix = Annotated[str, StringConstraints(max_length=30), STORABLE]


@router.get("", **operation("list_tags", "read", "Tags with counts", models.TagList, consistent=True))
async def list_(
    request: Request,
    prefix: Annotated[Prefix, Query()] = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    await honour(request)
    async with parts_of(request).services.db.connect() as connection:
        found = await tag_queries.listed(connection, caller_of(request).user_id, prefix, limit)
    return answer({"items": [{"name": name, "count": count} for name, count in found]})


@router.patch(
    "/{tag}",
    **operation(
        "rename_tag", "write", "Rename a tag everywhere", models.TagChange, body=bodies.RenameTag, command=True
    ),
)
async def rename(request: Request, tag: TagInPath) -> Response:
    body = await read_body(request, bodies.RenameTag)
    return await _everywhere(request, tag, "RenameTag", {"from": tag, "to": body.name})


@router.delete("/{tag}", **operation("delete_tag", "write", "Delete a tag everywhere", models.TagChange, command=True))
async def delete(request: Request, tag: TagInPath) -> Response:
    return await _everywhere(request, tag, "RemoveTag", {"tag": tag})


async def _everywhere(request: Request, tag: str, name: str, body: Json) -> Response:
    """One command to each task that has the tag now; a repeated request goes to the same tasks as the first."""
    await honour(request)
    user_id, command = caller_of(request).user_id, command_of(request, name, body)
    async with parts_of(request).services.db.begin() as connection:
        tagged = await task_queries.ids_with_tag(connection, user_id, fold(tag))
        ids = await tag_queries.kept_ids(connection, user_id, command, tagged)
    if ids is None:
        raise ProblemError(422, "idempotency_mismatch", "This Idempotency-Key came with another request before.")
    outcome: Outcome = await send_each(request, command, ids)
    failed = [result for result in outcome.results if result["status"] != 200]  # noqa: PLR2004
    return answer({"changed": len(ids) - len(failed), "failed": failed}, headers=outcome.headers)
