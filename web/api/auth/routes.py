"""Signing up, logging in and out, and changing the password."""

from typing import Final
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from host.passwords import prepared
from host.store.access import accounts, sessions, tokens
from host.store.access.accounts import Account
from web.api.auth import bodies, models
from web.api.auth.guessing import count_guess, count_guess_at, forgive
from web.api.auth.passwords import outdated, refuse_common
from web.api.auth.sign_in import end_session, known_profile, register_user, signed_in
from web.api.edge.acting import caller_of
from web.api.edge.app_state import AppState, state_of
from web.api.edge.guard import GuardedRoute, address_of
from web.api.edge.operation import operation
from web.api.edge.rate_limits import SIGN_UPS_PER_ADDRESS, network_of
from web.api.edge.reading import read_body
from web.problems import Fault, ProblemError

router: Final = APIRouter(prefix="/api/v1/auth", tags=["people"], route_class=GuardedRoute)


@router.post(
    "/register",
    **operation("register", "public", "Sign up", models.SignedIn, status=201, body=bodies.Register),
)
async def register(request: Request) -> Response:
    state = state_of(request)
    if not state.services.settings.registration_open:
        raise ProblemError(
            403, "registration_closed", "Sign-up is closed; ask the operator of this Duely for an account."
        )
    body = await read_body(request, bodies.Register)
    await state.limits.count(SIGN_UPS_PER_ADDRESS, network_of(address_of(request)))
    email = accounts.folded_email(body.email)
    refuse_common(body.password, email)
    account = Account(str(uuid4()), email, await state.passwords.hash(body.password), body.timezone)
    # If the request is cut off from here on, the account stays: the same request or a login finishes the sign-up.
    profile = await register_user(request, await _claimed(request, account, body.password))
    return await signed_in(request, profile, status=201)


async def _claimed(request: Request, account: Account, password: str) -> Account:
    """Returns the stored account: this one, or the one that has this password already. Raises the 409 for anybody else."""
    state = state_of(request)
    async with state.services.db.begin() as connection:
        if await accounts.add(connection, account, state.services.clock.now()):
            return account
    who = await count_guess(request, account.email)
    if (existing := await _account_with(request, account.email, password, who)) is not None:
        return existing
    detail = "There is already an account with this email; log in instead."
    raise ProblemError(409, "email_taken", detail, faults=[Fault("/email", "taken", detail)])


@router.post("/login", **operation("login", "public", "Log in", models.SignedIn, body=bodies.Login))
async def login(request: Request) -> Response:
    body = await read_body(request, bodies.Login)
    email = accounts.folded_email(body.email)
    account = await _verified(request, body.email, body.password, await count_guess(request, email))
    return await signed_in(request, await known_profile(request, account))


async def _verified(request: Request, email: str, password: str, who: str) -> Account:
    """Returns the account; raises the same 401 after the same time for an unknown email and a wrong password."""
    if (account := await _account_with(request, email, password, who)) is None:
        raise ProblemError(401, "wrong_login", "Email or password is wrong.")
    return account


async def _account_with(request: Request, email: str, password: str, who: str) -> Account | None:
    """Returns the account with that password, or None after the same time for an unknown email and a wrong password.

    The guess has been counted as one of `who`.
    """
    state = state_of(request)
    async with state.services.db.connect() as connection:
        account = await accounts.find_by_email(connection, email)
    stored, form = account.password_hash if account else None, prepared(password)
    is_right = await state.passwords.verify(stored, form)
    if is_typed := not is_right and form != password:  # as early releases hashed it
        is_right = await state.passwords.verify(stored, password)
    if account is None or not is_right:
        return None
    await forgive(request, who)
    if is_typed or outdated(account.password_hash):
        await _set_password(state, account.user_id, form)
    return account


async def _set_password(state: AppState, user_id: str, password: str) -> None:
    password_hash = await state.passwords.hash(password)
    async with state.services.db.begin() as connection:
        await accounts.set_password(connection, user_id, password_hash)


@router.post("/logout", **operation("logout", "account", "Log out", None, status=204))
async def logout(request: Request) -> Response:
    return await end_session(request)


@router.post(
    "/password",
    **operation(
        "change_password",
        "account",
        "Change the password and end all other sessions; with `end_tokens` all tokens, too",
        None,
        status=204,
        body=bodies.ChangePassword,
        conflicts=True,
    ),
)
async def change_password(request: Request) -> Response:
    body = await read_body(request, bodies.ChangePassword)
    state, caller = state_of(request), caller_of(request)
    async with state.services.db.connect() as connection:
        account = await accounts.find(connection, caller.user_id)
    if account is None:
        raise ProblemError(409, "no_password", "This user has no password to change.")
    refuse_common(body.new_password, account.email, "/new_password")
    # By the session: whoever guesses at the login does not keep its owner from another password.
    who = await count_guess_at(request, f"{account.email} {caller.credential}")
    await _verified(request, account.email, body.current_password, who)
    await _set_password(state, caller.user_id, body.new_password)
    async with state.services.db.begin() as connection:
        ended = list(await sessions.remove_others(connection, caller.user_id, caller.credential))
        if body.end_tokens:
            ended += await tokens.remove_all(connection, caller.user_id)
    for credential in ended:
        state.credentials.drop(credential)
    return Response(status_code=204)
