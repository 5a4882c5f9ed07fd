"""Under which app id Dapr knows each role."""

from collections.abc import Mapping
from typing import Final

from host.settings import Role

# Actors' state is kept under their app id: it is the same for ever, and wherever actors live.
APP_ID: Final = "duely"
APP_IDS: Final[Mapping[Role, str]] = {
    "all": APP_ID,
    "actors": APP_ID,
    "web": "duely-web",
    "consumers": "duely-consumers",
}
