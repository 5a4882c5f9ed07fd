"""What `GET /tasks` takes: filters, order and page."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from actors.fields import STORABLE, Id, Priority, TagName, fold
from host.store.read_model.task_queries import Stretch, TaskFilter
from web.act import Act
from web.api.edge.moments import DayOrMoment
from web.api.edge.paging import Paged, opened_cursor

MOST_WORDS = 10


def _few_words(text: str) -> str:
    if len(fold(text).split()) > MOST_WORDS:
        raise PydanticCustomError("too_many", "search for at most 10 words")
    return text


Words = Annotated[str, StringConstraints(max_length=200), AfterValidator(_few_words), STORABLE]


class TaskQuery(Paged):
    status: Literal["open", "completed"] | None = None
    priority: Annotated[list[Priority], Field(max_length=5, default_factory=list)]
    tag: Annotated[
        list[TagName], Field(max_length=10, default_factory=list, description="Tasks that have all of these tags")
    ]
    due_after: DayOrMoment | None = Field(
        default=None, description="Due on this day of yours or at this instant, or later"
    )
    due_before: DayOrMoment | None = Field(default=None, description="Due before this day of yours or this instant")
    overdue: bool | None = None
    search: Annotated[
        Words,
        Field(
            description="At most 10 words, each of which is in title, description, tags or checklist; "
            "capitals and accents make no difference"
        ),
    ] = ""
    series: Id | None = None
    trash: bool = False
    sort: Literal["due", "priority", "created", "updated", "title"] = "due"
    order: Literal["asc", "desc"] = "asc"


def task_filter(query: TaskQuery, now: datetime, zone: str) -> TaskFilter:
    """Returns the filter of the read model for the query; `now` decides what is overdue, the reader's `zone` about days."""
    return TaskFilter(
        now=now,
        zone=zone,
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


def task_stretch(act: Act, query: TaskQuery) -> Stretch:
    """Returns the order and the part of the list that the query asks for; raises the 400 for a bad cursor."""
    return Stretch(query.sort, query.order == "desc", query.per_page, query.offset, opened_cursor(act, query))
