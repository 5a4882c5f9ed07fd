"""What handlers work with, made once for an app."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from web.api.credentials import Credentials
from web.api.demo import Demo
from web.api.page import Page
from web.api.passwords import Passwords
from web.api.rate_limits import RateLimits
from web.api.signed import Signer
from web.api.stream_seats import StreamSeats
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
