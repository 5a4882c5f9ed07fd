"""What handlers work with, made once for an app."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from web.api.auth.demo import Demo
from web.api.auth.passwords import Passwords
from web.api.edge.credentials import Credentials
from web.api.edge.page import Page
from web.api.edge.rate_limits import RateLimits
from web.api.edge.signed import Signer
from web.api.stream.seats import StreamSeats
from web.services import Services


@dataclass(frozen=True, slots=True)
class Parts:
    services: Services
    signer: Signer
    credentials: Credentials
    limits: RateLimits
    passwords: Passwords
    seats: StreamSeats
    demo: Demo | None
    page: Page


def parts_of(request: HTTPConnection) -> Parts:
    parts = request.scope["app"].state.parts
    assert isinstance(parts, Parts)  # noqa: S101
    return parts
