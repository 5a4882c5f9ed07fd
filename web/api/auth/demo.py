"""The demo's one user: every request from this machine acts as that user, without a login."""

from typing import Final
from uuid import UUID, uuid5

from actors.commands import Principal, build_command
from host.store.read_model import user_queries
from web.api.auth.sending import register
from web.api.edge.credentials import profile_of
from web.caller import FULL_SCOPES, Caller, Profile
from web.services import Services

DEMO_USER_ID: Final = str(uuid5(UUID(int=0), "demo.duely"))
_CREDENTIAL: Final = "demo"


class Demo:
    """The demo's user, made with the first request."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def caller(self) -> Caller:
        """Returns the demo's user as a caller, who may not manage an account."""
        async with self._services.db.connect() as connection:
            user = await user_queries.find(connection, DEMO_USER_ID)
        profile = profile_of(user) if user else await self._register()
        # There is no password or session, so there is no account to manage.
        return Caller(profile, "user", DEMO_USER_ID, FULL_SCOPES - {"account"}, _CREDENTIAL)

    async def _register(self) -> Profile:
        """Registers the user; two requests at once send the same command, which is applied once."""
        command = build_command(
            "RegisterUser",
            {"email": "demo@localhost", "zone": "UTC"},
            id=DEMO_USER_ID,
            principal=Principal("system", "demo", DEMO_USER_ID),
            correlation_id="demo",
            zone="UTC",
        )
        return await register(self._services, command)
