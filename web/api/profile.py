"""A user as the API shows one."""

from typing import Any, Final

from actors.replies import Json
from web.api.caller import Profile

# What a user who was written by an older release has not said.
_BEFORE: Final = {"reminder_offset_minutes": None, "digest_at": None, "quiet_hours": None}


def user_json(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.user_id,
        "email": profile.email,
        "name": profile.name,
        "timezone": profile.zone,
        "defaults": {**_BEFORE, **profile.defaults},
        "created_at": profile.created_at,
    }


def profile_from_reply(user: Json) -> Profile:
    """From the user that the actor answered, which is newer than the read model."""
    known = (user["id"], user["email"], user["name"], user["zone"], user["defaults"], user["created_at"])
    return Profile(*known, user["version"])
