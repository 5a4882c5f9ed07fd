"""What the API answers about a user, as OpenAPI documents it."""

from pydantic import BaseModel, Field

from web.api.edge.models import Id, Instant


class QuietHours(BaseModel):
    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["07:00"])


class UserDefaults(BaseModel):
    """The user's defaults. Null means no reminder for a new task, no daily digest, no quiet hours."""

    reminder_offset_minutes: int | None = Field(examples=[30])
    digest_at: str | None = Field(examples=["08:00"])
    quiet_hours: QuietHours | None


class User(BaseModel):
    id: Id
    email: str = Field(examples=["ada@example.org"])
    name: str = Field(examples=["Ada"])
    timezone: str = Field(examples=["Europe/Berlin"])
    defaults: UserDefaults
    created_at: Instant


class Me(User):
    server_time: Instant
