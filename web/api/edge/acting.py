"""From a request that the guard admitted to the act that it asks for, and to its caller."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from starlette.requests import Request

from actors.commands import Cause, command_id_for_key
from web.act import Act
from web.api.edge.app_state import state_of
from web.api.edge.consistency import EVENTUAL, HEADER, not_ours
from web.caller import Caller
from web.problems import ProblemError

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_KEY: Final = 255
_ETAG: Final = re.compile(r'(?:W/)?"?(\d{1,18})"?')


def caller_of(request: Request) -> Caller:
    """Returns the caller that the guard admitted."""
    caller = request.scope["duely.caller"]
    assert isinstance(caller, Caller)  # noqa: S101  a route without a guard is a bug
    return caller


def act_of(request: Request) -> Act:
    """Returns the act that the request asks for; a route makes it once. Raises the 400 for a header that is not valid."""
    state, caller, seen = state_of(request), caller_of(request), request.scope["duely.seen"]
    if seen is None:
        raise not_ours()
    write_headers: Mapping[str, str] = {} if request.method in SAFE else request.headers
    correlation_id = request.scope["duely.correlation_id"]
    return Act(
        services=state.services,
        signer=state.signer,
        quota=state.quota,
        caller=caller,
        cause=Cause("request", correlation_id),
        correlation_id=correlation_id,
        command_id=command_id_of(write_headers.get("idempotency-key"), caller.user_id),
        if_match=_edited_version(write_headers.get("if-match")),
        seen=seen,
        eventual=request.headers.get(HEADER) == EVENTUAL,
    )


def command_id_of(key: str | None, user_id: str) -> str:
    """Returns the id behind an Idempotency-Key, a new one without a key; raises the 400 for a key that is not valid."""
    if key is None:
        return str(uuid4())
    if not (0 < len(key) <= _LONGEST_KEY and key.isprintable()):
        raise ProblemError(400, "bad_idempotency_key", "Send 1 to 255 printable characters as Idempotency-Key.")
    return command_id_for_key(user_id, key)


def _edited_version(text: str | None) -> int | None:
    if text is None or text == "*":
        return None
    match = _ETAG.fullmatch(text.strip())
    if match is None:
        raise ProblemError(400, "bad_if_match", 'Send the version that you edited, such as If-Match: "3".')
    return int(match[1])
