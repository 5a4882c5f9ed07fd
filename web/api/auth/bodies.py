"""The bodies that signing up, logging in and changing the password accept."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints

from actors.fields import STORABLE, Body, Email
from actors.zones import zone_named
from host.passwords import LONGEST, SHORTEST, prepared
from host.store.access.accounts import folded_email

_PREPARED = BeforeValidator(lambda value: prepared(value) if isinstance(value, str) else value)
Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST), _PREPARED, STORABLE]
GivenPassword = Annotated[str, StringConstraints(max_length=LONGEST), STORABLE]

# Folding can make it longer; the limit is that of what is kept.
_Folded = Annotated[Email, BeforeValidator(lambda value: folded_email(value) if isinstance(value, str) else value)]


UNKNOWN_ZONE: Final = "UTC"


def _zone_or_utc(value: object) -> str:
    return (zone_named(value) if isinstance(value, str) else None) or UNKNOWN_ZONE


# What a machine sends that does not know where it is keeps nobody out; the page says that the days follow UTC then.
_AnyZone = Annotated[
    str,
    BeforeValidator(_zone_or_utc, json_schema_input_type=str | None),
    Field(description="An IANA zone or its Windows name; UTC for any other", examples=["Europe/Berlin"]),
]


class Register(Body):
    email: _Folded
    password: Password
    timezone: _AnyZone = UNKNOWN_ZONE


class Login(Body):
    email: Annotated[str, StringConstraints(max_length=254), STORABLE]
    password: GivenPassword


class ChangePassword(Body):
    """A new password. It ends all other sessions; with `end_tokens` all tokens, too."""

    current_password: GivenPassword
    new_password: Password
    end_tokens: StrictBool = False
