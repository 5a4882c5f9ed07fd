"""The guard of every route: who may use it, from which site and how often. A route that does not say so is refused."""

import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from inspect import signature
from typing import Any, Final, TypeAlias

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from actors.context import user_id
from web.act import Write
from web.api.edge.acting import SAFE, act_of
from web.api.edge.app_state import AppState, state_of
from web.api.edge.consistency import HEADER, opened_token, wait_for_writes
from web.api.edge.credentials import unauthenticated
from web.api.edge.operation import Access
from web.api.edge.rate_limits import PER_ADDRESS, PER_USER, network_of
from web.api.me.profile import stored_profile
from web.caller import Caller
from web.problems import ProblemError

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]

_MOST_PARAMETERS: Final = 100
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_LOOPBACK: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?")


class GuardedRoute(APIRoute):
    """A route that reads `x-duely-access` of its operation and admits a request before FastAPI looks at it.

    FastAPI's parsing of path and query and its exit stack for dependencies are a quarter of what a create costs; an
    endpoint that takes only the request does without both.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self._takes_only_the_request():
            self.app = _bare(self.get_route_handler())

    def get_route_handler(self) -> Handler:
        """Returns the handler behind the guard; raises TypeError for a route that does not say who may use it."""
        access: Access | None = (self.openapi_extra or {}).get("x-duely-access")
        if access is None:
            raise TypeError(f"{self.path} does not say who may use it")
        headers = {parameter["name"] for parameter in (self.openapi_extra or {}).get("parameters", ())}
        handle = self.endpoint if self._takes_only_the_request() else super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await _admit(request, state_of(request), access)
            if "If-Match" not in headers:
                _refuse_if_match(request)
            if HEADER in headers:
                await _until_shown(request, state_of(request))
            return await handle(request)

        return guarded

    def _takes_only_the_request(self) -> bool:
        return list(signature(self.endpoint).parameters) == ["request"]


def _bare(handle: Handler) -> ASGIApp:
    """Returns the route without the exit stacks of `yield` dependencies; the exception middleware handles its errors."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handle(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


def address_of(request: Request) -> str:
    """Returns the client's address, past trusted proxies."""
    client = request.scope.get("client")
    return str(client[0]) if client else "unknown"


async def _admit(request: Request, state: AppState, access: Access) -> None:
    if request.scope["query_string"].count(b"&") >= _MOST_PARAMETERS:
        raise ProblemError(422, "too_many_parameters", f"Send at most {_MOST_PARAMETERS} parameters in one address.")
    await state.limits.count(PER_ADDRESS, network_of(address_of(request)))
    if access == "public":
        _refuse_other_sites(request)
        return
    caller = await found_caller(request, state)
    if "authorization" not in request.headers:
        _refuse_other_sites(request)
    await admit_caller(request, state, caller, access)


async def admit_caller(request: Request, state: AppState, caller: Caller, access: Access) -> None:
    """Notes in the request's scope who asks and what they have seen; raises the 403 or 429 for who may not."""
    await state.limits.count(PER_USER, caller.user_id)
    if not caller.may(access):
        raise _forbidden(caller, access)
    seen = opened_token(state.signer, caller.user_id, request.headers.get(HEADER))
    request.scope["duely.seen"] = seen
    request.scope["duely.caller"] = await _up_to_date(state, caller, seen or ())
    user_id.set(caller.user_id)


async def _until_shown(request: Request, state: AppState) -> None:
    """Waits for the caller's writes, for all reads in this place; then reads a profile again that was remembered too long."""
    act = act_of(request)
    if await wait_for_writes(act) > act.caller.profile.version:
        state.credentials.forget_user(act.user_id)
        request.scope["duely.caller"] = await found_caller(request, state)


async def found_caller(request: Request, state: AppState) -> Caller:
    """Returns who asks; raises the 401 without credentials, or with some that are not valid."""
    caller = await state.credentials.caller(request)
    if caller is None and state.demo is not None:
        _refuse_other_names(request)
        caller = await state.demo.caller()
    if caller is None:
        raise unauthenticated()
    return caller


async def _up_to_date(state: AppState, caller: Caller, seen: Sequence[Write]) -> Caller:
    """Returns the caller with those changes of the own profile that were seen: another replica may have made them.

    What this replica remembers may be older, as may the read model, and a command would go out with the old zone.
    """
    version = max((version for actor_id, version in seen if actor_id == caller.user_id), default=0)
    if version <= caller.profile.version:
        return caller
    state.credentials.forget_user(caller.user_id)
    return replace(caller, profile=await stored_profile(state.services.db, caller.user_id))


def _forbidden(caller: Caller, access: Access) -> ProblemError:
    if access == "account":
        return ProblemError(403, "needs_login", "Log in to do this; a token is not enough.")
    scopes = ", ".join(f"`{scope}`" for scope in sorted(caller.scopes))
    detail = f"The scopes of this token are {scopes}; create one with the scope `{access}`."
    return ProblemError(403, "scope_missing", detail)


def _refuse_if_match(request: Request) -> None:
    """Raises the 400 for a write that does not honour If-Match: to ignore it would change what its sender has not seen."""
    if request.method not in SAFE and "if-match" in request.headers:
        detail = "This request takes no If-Match; send it without that header."
        raise ProblemError(400, "if_match_unsupported", detail)


def _refuse_other_sites(request: Request) -> None:
    """Raises the 403 for a request that another site made a browser send; scripts send neither header and pass."""
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        ours = site in _OWN_SITE
    else:
        origin = request.headers.get("origin")
        ours = origin is None or origin.partition("://")[2] == request.headers.get("host")
    if not ours:
        raise ProblemError(403, "cross_site", "Another site sent this request; open Duely's own page and do it there.")


def _refuse_other_names(request: Request) -> None:
    """Raises the 403 for a host name that another site may have pointed at this machine (DNS rebinding).

    The demo has no login that would stop it.
    """
    if not _LOOPBACK.fullmatch(request.headers.get("host", "")):
        raise ProblemError(403, "demo_is_local", "The demo answers only at localhost or 127.0.0.1.")
