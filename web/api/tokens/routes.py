"""Personal access tokens: created and shown once, listed by their first characters, revoked."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from host.store.access import tokens
from host.store.access.tokens import TokenRow
from web.api.edge.acting import caller_of
from web.api.edge.answers import answer
from web.api.edge.app_state import state_of
from web.api.edge.credentials import TOKEN_PREFIX, hashed, new_secret
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import TokenId
from web.api.edge.operation import operation
from web.api.edge.reading import read_body
from web.api.tokens import bodies, models
from web.api.tokens.shown import granted, token_json
from web.problems import ProblemError, not_found

router: Final = APIRouter(prefix="/api/v1/tokens", tags=["tokens"], route_class=GuardedRoute)

_MOST_TOKENS: Final = 100
_SHOWN_CHARACTERS: Final = len(TOKEN_PREFIX) + 6


@router.post(
    "",
    **operation(
        "create_token",
        "account",
        "Create a token",
        models.NewToken,
        status=201,
        body=bodies.CreateToken,
        conflicts=True,
    ),
)
async def create(request: Request) -> Response:
    body = await read_body(request, bodies.CreateToken)
    services, user_id = state_of(request).services, caller_of(request).user_id
    secret, now = TOKEN_PREFIX + new_secret(), services.clock.now()
    expires_at = now + timedelta(days=body.expires_in_days) if body.expires_in_days else None
    scopes = granted(body.scopes)
    row = TokenRow(str(uuid4()), user_id, body.name, scopes, secret[:_SHOWN_CHARACTERS], now, expires_at)
    async with services.db.begin() as connection:
        if await tokens.count(connection, user_id) >= _MOST_TOKENS:
            raise ProblemError(
                409, "too_many_tokens", f"You have {_MOST_TOKENS} tokens; revoke one that you do not need."
            )
        await tokens.add(connection, row, hashed(secret))
    return answer({**token_json(row), "token": secret}, status=201)


@router.get("", **operation("list_tokens", "account", "List my tokens", models.TokenList))
async def list_(request: Request) -> Response:
    async with state_of(request).services.db.connect() as connection:
        rows = await tokens.listed(connection, caller_of(request).user_id)
    return answer({"items": [token_json(token) for token in rows]})


@router.delete("/{token_id}", **operation("revoke_token", "account", "Revoke a token", None, status=204))
async def revoke(request: Request, token_id: TokenId) -> Response:
    state = state_of(request)
    async with state.services.db.begin() as connection:
        token_hash = await tokens.remove(connection, caller_of(request).user_id, token_id)
    if token_hash is None:
        raise not_found("token")
    state.credentials.drop(token_hash)
    return Response(status_code=204)
