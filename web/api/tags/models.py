"""What the API answers about tags, as OpenAPI documents it."""

from pydantic import BaseModel, Field

from web.api.tasks.models import BulkResult


class Tag(BaseModel):
    name: str = Field(examples=["home"])
    count: int = Field(examples=[3])


class TagList(BaseModel):
    items: list[Tag]


class TagChange(BaseModel):
    changed: int = Field(description="Number of tasks changed", examples=[3])
    failed: list[BulkResult] = Field(description="Tasks that could not be changed, with the reason")
