"""The bodies that quick add accepts: a line, and what else is known of the task."""

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from actors.fields import STORABLE, Body, Due, Instant, Language, NewId, Priority, Reminders, Tags, Zone
from actors.typed import LINES, VISIBLE
from web.api.series.bodies import TaskRecurrence

LONGEST: Final = 20_000
_Place = Annotated[int, Field(strict=True, ge=0, le=LONGEST)]
_Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST),
    VISIBLE,
    LINES,
    STORABLE,
    Field(examples=["Pay rent every month on the 1st at 9am #home !high"]),
]


class Line(Body):
    """A line of text, and what it is read against."""

    text: _Text
    written_at: Instant | None = Field(
        default=None,
        description="When it was written, at most 30 days ago; `tomorrow` is the day after. Absent: now",
    )
    zone: Zone | None = Field(default=None, description="Where it was written. Absent: the zone of the profile")
    language: Language | None = Field(default=None, description="Absent: that of the profile. English is always read")
    literal: Annotated[list[tuple[_Place, _Place]], Field(max_length=100)] = Field(
        default=[],
        description="Stretches `[start, end]` of the text that are not read and stay in the title. They count code "
        "points, as spans do",
        examples=[[[9, 14]]],
    )

    @model_validator(mode="after")
    def _within(self) -> Self:
        if not all(start < end <= len(self.text) for start, end in self.literal):
            raise PydanticCustomError("out_of_range", "each stretch of literal must begin before its end, in the text")
        return self


class Known(Body):
    """Fields of a task that are known besides the line."""

    due: Due | None = None
    priority: Priority = "none"
    tags: Tags = Field(default_factory=list)
    reminders: Reminders | None = None
    recurrence: TaskRecurrence | None = None


class QuickAdd(Line):
    """A line that becomes a task, or a series if it says how it repeats.

    `id` is that of the task; what repeats has none of it, as the id of an occurrence follows from its series.
    """

    id: NewId | None = None
    fields: Known = Field(default=Known(), description="These count whatever the line says")
    otherwise: Known = Field(default=Known(), description="These count where the line says nothing of them")
