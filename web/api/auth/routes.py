"""Signing up, logging in and out, and changing the password."""

from typing import Final
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from host.store.access import accounts, sessions
from host.store.access.accounts import Account
from web.api.auth import bodies, models
from web.api.auth.passwords import outdated, refuse_common
from web.api.auth.sign_in import end_session, known_profile, register_user, signed_in
from web.api.edge.acting import caller_of
from web.api.edge.app_state import AppState, state_of
from web.api.edge.guard import GuardedRoute, address_of
from web.api.edge.operation import operation
from web.api.edge.rate_limits import LOGINS_PER_ACCOUNT, LOGINS_PER_ADDRESS, SIGN_UPS_PER_ADDRESS, network_of
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
    profile = await register_user(request, await _claimed(state, account, body.password))
    return await signed_in(request, profile, status=201)


async def _claimed(state: AppState, account: Account, password: str) -> Account:
    """Returns the stored account: this one, or the one that has this password already. Raises the 409 for anybody else."""
    async with state.services.db.begin() as connection:
        if await accounts.add(connection, account, state.services.clock.now()):
            return account
    if (existing := await _account_with(state, account.email, password)) is not None:
        return existing
    detail = "There is already an account with this email; log in instead."
    raise ProblemError(409, "email_taken", detail, faults=[Fault("/email", "taken", detail)])


@router.post("/login", **operation("login", "public", "Log in", models.SignedIn, body=bodies.Login))
async def login(request: Request) -> Response:
    body = await read_body(request, bodies.Login)
    state = state_of(request)
    await state.limits.count(LOGINS_PER_ADDRESS, network_of(address_of(request)))
    account = await _verified(state, accounts.folded_email(body.email), body.password)
    return await signed_in(request, await known_profile(request, account))


async def _verified(state: AppState, email: str, password: str) -> Account:
    """Returns the account; raises the same 401 after the same time for an unknown email and a wrong password."""
    if (account := await _account_with(state, email, password)) is None:
        raise ProblemError(401, "wrong_login", "Email or password is wrong.")
    return account


async def _account_with(state: AppState, email: str, password: str) -> Account | None:
    """Returns the account with that password, or None after the same time for an unknown email and a wrong password."""
    # Counted before it is clear whether it fails: a thousand at once must not all be verified first.
    await state.limits.count(LOGINS_PER_ACCOUNT, email)
    async with state.services.db.connect() as connection:
        account = await accounts.find_by_email(connection, email)
    if not await state.passwords.verify(account.password_hash if account else None, password) or account is None:
        return None
    await state.limits.forget(LOGINS_PER_ACCOUNT, email)
    if outdated(account.password_hash):
        await _set_password(state, account.user_id, password)
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
        "Change the password and end all other sessions",
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
    await _verified(state, account.email, body.current_password)
    await _set_password(state, caller.user_id, body.new_password)
    async with state.services.db.begin() as connection:
        ended = await sessions.remove_others(connection, caller.user_id, caller.credential)
    for credential in ended:
        state.credentials.drop(credential)
    return Response(status_code=204)
