"""The app id of each role in Dapr."""

from collections.abc import Mapping
from typing import Final

from host.settings import Role

# The keys of actors' state contain the app id: it must never change, and is the same in every role with actors.
APP_ID: Final = "duely"
APP_IDS: Final[Mapping[Role, str]] = {
    "all": APP_ID,
    "actors": APP_ID,
    "web": "duely-web",
    "consumers": "duely-consumers",
}
