"""What the answers of several nouns share, as OpenAPI documents it: instants, ids, pages and problems.

Answers are written from stored JSON, not through these models.
"""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[str, Field(description="RFC 3339 in UTC with milliseconds", examples=["2026-11-22T09:00:00.000Z"])]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=["0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11"])]
Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    total: int
    page: int
    per_page: int
    next_cursor: str | None


class FaultOut(BaseModel):
    pointer: str | None = Field(default=None, description="JSON pointer into the body", examples=["/title"])
    parameter: str | None = Field(default=None, description="Name of the parameter or header", examples=["sort"])
    code: str
    detail: str


class Conflict(BaseModel):
    field: str
    yours: Any
    theirs: Any


class Problem(BaseModel):
    """A problem as in RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "code": "task_not_found",
                    "detail": "There is no such task.",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FaultOut] | None = None
    conflicts: list[Conflict] | None = None
    task: dict[str, Any] | None = Field(default=None, description="With `id_taken`: your task that has the id")
    series: dict[str, Any] | None = Field(default=None, description="With `id_taken`: your series that has the id")
    cause: Literal["paused", "behind", "dead_letter"] | None = Field(
        default=None, description="With `read_model_behind`: why your changes cannot be read"
    )
