"""Credentials: from a cookie or a bearer token to the caller, remembered for 5 s in this process."""

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from actors.clock import Clock, instant_text
from host.store.access import sessions, tokens
from host.store.engine import Database
from host.store.read_model.user_queries import UserRow
from web.caller import FULL_SCOPES, Caller, Profile
from web.problems import ProblemError, unavailable

TOKEN_PREFIX: Final = "duely_"  # noqa: S105  every token starts with it, so that scanners find leaked ones
SECURE_COOKIE: Final = "__Host-duely"
PLAIN_COOKIE: Final = "duely"
_USUAL_PORTS: Final = {"http": "80", "https": "443"}
_PORT: Final = re.compile(r":(\d{1,5})$", re.ASCII)
CACHE_SECONDS: Final = 5.0
_CACHE_SIZE: Final = 20_000
_SECRET_BYTES: Final = 32
_LONGEST_SECRET: Final = 200


def new_secret() -> str:
    """Returns a secret of 256 random bits, for a session or a token."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def hashed(secret: str) -> str:
    """Returns the hash under which a secret is stored; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def cookie_name(request: HTTPConnection) -> str:
    """Returns the name of the session's cookie; over https the browser holds it to this host.

    A browser sends the cookies of a host to all its ports, so the port that it asked stands in the name.
    """
    scheme: str = request.scope["scheme"]
    name = SECURE_COOKIE if scheme == "https" else PLAIN_COOKIE
    port = _PORT.search(request.headers.get("host", ""))
    return name if port is None or port[1] == _USUAL_PORTS.get(scheme) else f"{name}-{port[1]}"


def profile_of(user: UserRow) -> Profile:
    created_at = instant_text(user.created_at)
    return Profile(user.id, user.email, user.name, user.zone, user.defaults, created_at, user.version)


Lookup: TypeAlias = Callable[[str], Awaitable[Caller | None]]


class Credentials:
    """Finds the caller of a request.

    `now_seconds` is a monotonic clock. Every function in `on_drop` is called with each credential that ends here.
    """

    def __init__(self, db: Database, clock: Clock, now_seconds: Callable[[], float]) -> None:
        self._db = db
        self._clock = clock
        self._now_seconds = now_seconds
        self._known: dict[str, tuple[float, Caller]] = {}
        self._forgotten = 0  # counts what was forgotten: a lookup that began before that is not remembered
        self.on_drop: list[Callable[[str], None]] = []

    async def caller(self, request: HTTPConnection) -> Caller | None:
        """Returns the caller, or None without credentials; raises the 401 for credentials that are not valid."""
        authorization = request.headers.get("authorization")
        if authorization is not None:
            return await self._bearer(authorization)
        secret = _cookie(request.headers, cookie_name(request))
        return await self._remembered(hashed(secret), self._session) if secret else None

    async def still_good(self, caller: Caller) -> bool:
        """Returns whether the caller's credential is valid in the database, whatever is remembered."""
        find = self._session if caller.kind == "user" and caller.id == caller.user_id else self._token
        return await find(caller.credential) is not None

    def remember(self, caller: Caller) -> None:
        """Remembers a caller under its credential for `CACHE_SECONDS`."""
        if len(self._known) >= _CACHE_SIZE:
            self._known.clear()
        self._known[caller.credential] = (self._now_seconds() + CACHE_SECONDS, caller)

    def forget_user(self, user_id: str) -> None:
        """Forgets what is remembered of a user whose profile has changed; the credentials stay valid."""
        self._forgotten += 1
        for credential in [key for key, (_, caller) in self._known.items() if caller.user_id == user_id]:
            del self._known[credential]

    def drop(self, credential: str) -> None:
        """Forgets a credential that a logout or revocation has ended."""
        self._forgotten += 1
        self._known.pop(credential, None)
        for listener in self.on_drop:
            listener(credential)

    async def _bearer(self, authorization: str) -> Caller:
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() == "bearer" and secret.startswith(TOKEN_PREFIX) and len(secret) < _LONGEST_SECRET:
            caller = await self._remembered(hashed(secret), self._token)
            if caller is not None:
                return caller
        raise unauthenticated("That token is unknown, revoked or expired; create another in the settings.")

    async def _remembered(self, credential: str, find: Lookup) -> Caller | None:
        remembered = self._known.get(credential)
        if remembered is not None and remembered[0] > self._now_seconds():
            return remembered[1]
        forgotten = self._forgotten
        caller = await find(credential)
        if caller is None:
            self._known.pop(credential, None)
        elif forgotten == self._forgotten:
            self.remember(caller)
        return caller

    async def _session(self, credential: str) -> Caller | None:
        async with self._db.connect() as connection:
            session = await sessions.find(connection, credential, self._clock.now())
        if session is None:
            return None
        if session.user is None:
            raise unavailable("Your account is still being set up; try again in a moment.", code="read_model_behind")
        return person(profile_of(session.user), credential)

    async def _token(self, credential: str) -> Caller | None:
        async with self._db.connect() as connection:
            token = await tokens.find(connection, credential, self._clock.now())
        if token is None:
            return None
        scopes = frozenset(token.scopes)
        if "agent" in scopes:
            return Caller(profile_of(token.user), "agent", token.token_id, scopes | {"read", "write"}, credential)
        if "write" in scopes:  # a write answers with what it changed
            scopes |= {"read"}
        return Caller(profile_of(token.user), "token", token.token_id, scopes, credential)


def person(profile: Profile, credential: str) -> Caller:
    """Returns the caller for a person with a session."""
    return Caller(profile, "user", profile.user_id, FULL_SCOPES, credential)


def unauthenticated(detail: str = "Log in, or send a token as `Authorization: Bearer`.") -> ProblemError:
    """Returns the 401 that asks for credentials."""
    return ProblemError(401, "not_authenticated", detail, headers={"WWW-Authenticate": "Bearer"})


def _cookie(headers: Headers, name: str) -> str | None:
    """Returns the value of one cookie, the first if a client sent several."""
    for part in headers.get("cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and 0 < len(value) < _LONGEST_SECRET:
            return value
    return None
