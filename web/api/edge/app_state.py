"""What the handlers of an app share; made once for each app."""

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from web.api.auth.demo import Demo
from web.api.auth.passwords import Passwords
from web.api.edge.built_page import BuiltPage
from web.api.edge.credentials import Credentials
from web.api.edge.rate_limits import RateLimits
from web.api.edge.signed import Signer
from web.api.edge.turns import Turns
from web.api.stream.seats import StreamSeats, StreamTimes
from web.quota import Quota
from web.services import Services


@dataclass(frozen=True, slots=True)
class AppState:
    services: Services
    signer: Signer
    credentials: Credentials
    limits: RateLimits
    quota: Quota
    passwords: Passwords
    seats: StreamSeats
    demo: Demo | None
    page: BuiltPage
    turns: Turns = field(default_factory=Turns)
    stream_times: StreamTimes = field(default_factory=StreamTimes)


def state_of(request: HTTPConnection) -> AppState:
    """Returns the state of the app that serves the request."""
    state = request.scope["app"].state.duely
    assert isinstance(state, AppState)  # noqa: S101
    return state
