"""The bodies that signing up, logging in and changing the password accept."""

from typing import Annotated

from pydantic import BeforeValidator, StrictBool, StringConstraints

from actors.fields import STORABLE, Body, Email, Zone
from host.passwords import LONGEST, SHORTEST, prepared
from host.store.access.accounts import folded_email

_PREPARED = BeforeValidator(lambda value: prepared(value) if isinstance(value, str) else value)
Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST), _PREPARED, STORABLE]
GivenPassword = Annotated[str, StringConstraints(max_length=LONGEST), STORABLE]

# Folding can make it longer; the limit is that of what is kept.
_Folded = Annotated[Email, BeforeValidator(lambda value: folded_email(value) if isinstance(value, str) else value)]


class Register(Body):
    email: _Folded
    password: Password
    timezone: Zone = "UTC"


class Login(Body):
    email: Annotated[str, StringConstraints(max_length=254), STORABLE]
    password: GivenPassword


class ChangePassword(Body):
    """A new password. It ends all other sessions; with `end_tokens` all tokens, too."""

    current_password: GivenPassword
    new_password: Password
    end_tokens: StrictBool = False
