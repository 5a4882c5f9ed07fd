"""The bodies that signing up, logging in and changing the password accept."""

from typing import Annotated

from pydantic import StringConstraints

from actors.fields import STORABLE, Body, Email, Zone
from host.passwords import LONGEST, SHORTEST

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST), STORABLE]
GivenPassword = Annotated[str, StringConstraints(max_length=LONGEST), STORABLE]


class Register(Body):
    email: Email
    password: Password
    timezone: Zone = "UTC"


class Login(Body):
    email: Annotated[str, StringConstraints(max_length=254), STORABLE]
    password: GivenPassword


class ChangePassword(Body):
    current_password: GivenPassword
    new_password: Password
