"""The state of a user: the profile that everybody reads, and the private plan of the daily digest. Pure."""

from collections.abc import Mapping
from typing import Any, Final, NotRequired

from typing_extensions import TypedDict

from actors.replies import Json
from actors.shapes import User


class DigestPlan(TypedDict):
    """When the next digest comes. `day` and `at` are null while the digest is off."""

    told_on: str | None  # the local day that the last digest was of
    day: str | None  # the local day that the next one is of
    at: str | None  # the instant at which it comes
    since: NotRequired[str]  # while it waits for the end of quiet hours: the instant at which it was to come


class UserState(User):
    """What the doc of a user holds: the profile (`User`), and the plan that only the rules read.

    A doc of an early release has no plan. Keys of a newer release pass through.
    """

    digest: NotRequired[DigestPlan]


PRIVATE: Final = frozenset(UserState.__annotations__.keys() - User.__annotations__.keys())


def user_json(state: Mapping[str, Any]) -> Json:
    """Returns the user as replies, events and the read model have it: `actors.shapes.User`."""
    return {key: value for key, value in state.items() if key not in PRIVATE}
