"""What the API answers about a user, as OpenAPI documents it."""

from pydantic import BaseModel, Field

from actors.fields import Language
from web.api.edge.models import Id, Instant


class QuietHours(BaseModel):
    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["07:00"])


class UserDefaults(BaseModel):
    """The user's defaults. Null means no daily digest, no quiet hours; without either form of a reminder there is none."""

    reminder_offset: str | None = Field(
        description="The reminder of a task with a due, as an ISO 8601 duration", examples=["-P1D"]
    )
    reminder_offset_minutes: int | None = Field(
        description="The same in elapsed minutes; setting one of both clears the other", examples=[30]
    )
    digest_at: str | None = Field(examples=["08:00"])
    quiet_hours: QuietHours | None
    language: Language = Field(description="In which quick add reads, besides English", examples=["de"])
    chat_model: bool = Field(description="Whether a model may answer in the chat, where the server has one")


class User(BaseModel):
    id: Id
    email: str = Field(examples=["ada@example.org"])
    name: str = Field(examples=["Ada"])
    timezone: str = Field(examples=["Europe/Berlin"])
    defaults: UserDefaults
    created_at: Instant


class Amount(BaseModel):
    used: int = Field(examples=[120])
    limit: int | None = Field(description="Null where there is no limit", examples=[100_000])


class Usage(BaseModel):
    """What the user stores. At a limit, what would make more is answered with 403 `quota_reached`."""

    tasks: Amount = Field(description="Tasks, with those in the trash")
    series: Amount = Field(description="Series that are not deleted")
    bytes: Amount = Field(description="The tasks and series as JSON")


class Me(User):
    server_time: Instant
    usage: Usage
