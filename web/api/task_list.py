"""What `GET /tasks` takes: filters, sorts, pages, and cursors that hold for one query of one user."""

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request

from actors.fields import STORABLE, Id, Priority, TagName
from host.store.task_queries import Stretch, TaskFilter
from web.api.caller import caller_of
from web.api.moments import DayOrMoment
from web.api.parts import parts_of
from web.api.signed import LONGEST
from web.problems import ProblemError

Words = Annotated[str, StringConstraints(max_length=200), STORABLE]


class TaskQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: Literal["open", "completed"] | None = None
    priority: Annotated[list[Priority], Field(max_length=5)] = []
    tag: Annotated[list[TagName], Field(max_length=10, description="Tasks with all of these")] = []
    due_after: DayOrMoment | None = Field(default=None, description="Due at this date or instant, or later")
    due_before: DayOrMoment | None = Field(default=None, description="Due before this date or instant")
    overdue: bool | None = None
    search: Annotated[Words, Field(description="Each word somewhere in title, description, tags or checklist")] = ""
    series: Id | None = None
    trash: bool = False
    sort: Literal["due", "priority", "created", "updated", "title"] = "due"
    order: Literal["asc", "desc"] = "asc"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=LONGEST)] | None = Field(
        default=None, description="`next_cursor` of the page before, with the same filters; `page` is then ignored"
    )


def task_filter(query: TaskQuery, now: datetime) -> TaskFilter:
    return TaskFilter(
        now=now,
        trash=query.trash,
        status=query.status,
        priorities=query.priority,
        tags=query.tag,
        due_after=query.due_after,
        due_before=query.due_before,
        overdue=query.overdue,
        search=query.search,
        series=query.series,
    )


def task_stretch(request: Request, query: TaskQuery) -> Stretch:
    after = _opened(request, query) if query.cursor is not None else None
    offset = (query.page - 1) * query.per_page
    return Stretch(query.sort, query.order == "desc", query.per_page, offset, after)


def cursor_after(request: Request, query: TaskQuery, last: tuple[Any, str] | None) -> str | None:
    if last is None:
        return None
    return parts_of(request).signer.seal("cursor", caller_of(request).user_id, [_fingerprint(query), *last])


def _opened(request: Request, query: TaskQuery) -> tuple[Any, str]:
    value = parts_of(request).signer.open("cursor", caller_of(request).user_id, query.cursor or "")
    if value is None:
        raise ProblemError(400, "bad_cursor", "Send `next_cursor` of the page before, unchanged.")
    fingerprint, key, task_id = value
    if fingerprint != _fingerprint(query):
        raise ProblemError(400, "bad_cursor", "A cursor goes on with the filters and order that it was made with.")
    return key, task_id


def _fingerprint(query: TaskQuery) -> str:
    said = query.model_dump_json(exclude={"cursor", "page", "per_page"})
    return hashlib.sha256(said.encode()).hexdigest()[:16]
