"""A user as the API shows it, to others and to itself."""

from datetime import datetime
from typing import Any, Final

from actors.clock import instant_text
from actors.replies import Json
from web.caller import Profile

# Fields that users written by an older release do not have.
_BEFORE: Final = {
    "reminder_offset": None, "reminder_offset_minutes": None, "digest_at": None, "quiet_hours": None, "language": "en",
    "chat_model": True,
}  # fmt: skip


def user_json(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.user_id,
        "email": profile.email,
        "name": profile.name,
        "timezone": profile.zone,
        "defaults": {**_BEFORE, **profile.defaults},
        "created_at": profile.created_at,
    }


def me_json(profile: Profile, now: datetime, usage: Json) -> Json:
    return {**user_json(profile), "server_time": instant_text(now), "usage": usage}
