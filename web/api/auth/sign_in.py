"""Signing up, opening a session and its cookie, and ending it."""

from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from actors.commands import Cause, Principal, build_command
from host.store.access import accounts, sessions
from host.store.access.accounts import Account
from host.store.read_model import user_queries
from web.api.auth.known_browser import make_known
from web.api.auth.language import language_of
from web.api.auth.sending import register
from web.api.edge.acting import caller_of
from web.api.edge.answers import answer
from web.api.edge.app_state import state_of
from web.api.edge.credentials import SECURE_COOKIE, cookie_name, hashed, new_secret, person, profile_of
from web.api.edge.guard import address_of
from web.api.me.shown import user_json
from web.caller import Profile

_LONGEST_USER_AGENT: Final = 200


async def register_user(request: Request, account: Account) -> Profile:
    """Makes the user's actor for the account, or finds it made; raises what `register` raises."""
    correlation_id = request.scope["duely.correlation_id"]
    language = language_of(request.headers.get("accept-language", ""))
    command = build_command(
        "RegisterUser",
        {"email": account.email, "zone": account.zone, "defaults": {"language": language}},
        id=str(uuid4()),
        principal=Principal("user", account.user_id, account.user_id),
        correlation_id=correlation_id,
        zone=account.zone,
        cause=Cause("request", correlation_id),
    )
    return await register(state_of(request).services, command)


async def known_profile(request: Request, account: Account) -> Profile:
    """Returns the profile from the read model; finishes a sign-up that was cut off half way."""
    async with state_of(request).services.db.connect() as connection:
        user = await user_queries.find(connection, account.user_id)
    return profile_of(user) if user else await register_user(request, account)


async def signed_in(request: Request, profile: Profile, *, status: int = 200) -> Response:
    """Returns the response that opens a session and makes the browser known; a session that it had before stays valid."""
    state, secret = state_of(request), new_secret()
    session = sessions.NewSession(
        hashed(secret),
        profile.user_id,
        request.headers.get("user-agent", "")[:_LONGEST_USER_AGENT],
        address_of(request),
    )
    async with state.services.db.begin() as connection:
        await sessions.add(connection, session, state.services.clock.now())
        ended = await sessions.remove_beyond_most(connection, profile.user_id)
    for credential in ended:
        state.credentials.drop(credential)
    state.credentials.remember(person(profile, session.token_hash))
    response = answer({"user": user_json(profile)}, status=status)
    _set_cookie(request, response, secret, int(sessions.LIFE.total_seconds()))
    make_known(request, response, accounts.folded_email(profile.email))
    return response


async def end_session(request: Request) -> Response:
    """Ends the caller's session and returns the response that clears its cookie."""
    state, caller = state_of(request), caller_of(request)
    async with state.services.db.begin() as connection:
        await sessions.remove(connection, caller.credential)
    state.credentials.drop(caller.credential)
    response = Response(status_code=204)
    _set_cookie(request, response, "", 0)
    return response


def _set_cookie(request: Request, response: Response, secret: str, max_age: int) -> None:
    name = cookie_name(request)
    response.set_cookie(
        name, secret, max_age=max_age, path="/", secure=name.startswith(SECURE_COOKIE), httponly=True, samesite="lax"
    )
