"""What the GETs of series take: filters, order and a range of days."""

from datetime import date, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from actors.fields import CalendarDate
from web.act import Act
from web.api.edge.paging import Paged
from web.problems import Fault, ProblemError

_LONGEST_STRETCH: Final = timedelta(days=366)


class SeriesQuery(Paged):
    status: Literal["active", "paused", "stopped", "ended", "deleted"] | None = Field(
        default=None, description="Without it, all series that are not deleted"
    )
    order: Literal["asc", "desc"] = Field(default="desc", description="The order of creation")


class OccurrenceQuery(BaseModel):
    """The days whose occurrences are asked for, both included."""

    model_config = ConfigDict(extra="forbid")

    since: CalendarDate | None = Field(default=None, alias="from", description="The first day; without it, today")
    until: CalendarDate | None = Field(
        default=None,
        alias="to",
        description="The last day, at most 366 days after the first; without it, a year after the first",
    )


def days_asked(act: Act, query: OccurrenceQuery) -> tuple[date, date]:
    """Returns the first and the last day asked for, on the caller's calendar; raises the 422 for too many."""
    if query.since is not None:
        first = date.fromisoformat(query.since)
    else:
        first = act.now().astimezone(ZoneInfo(act.caller.profile.zone)).date()
    last = first + timedelta(days=365) if query.until is None else date.fromisoformat(query.until)
    if not timedelta(0) <= last - first <= _LONGEST_STRETCH:
        detail = "Send a last day that is the first day or at most 366 days after it."
        raise ProblemError(
            422, "invalid_request", f"Correct to: {detail}", faults=[Fault("?to", "out_of_range", detail)]
        )
    return first, last
