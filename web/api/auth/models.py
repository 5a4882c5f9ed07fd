"""What the API answers to a sign-up or login, as OpenAPI documents it."""

from pydantic import BaseModel

from web.api.me.models import User


class SignedIn(BaseModel):
    user: User
