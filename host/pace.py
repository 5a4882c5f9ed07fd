"""How often the loops of a process poll: seldom where changes are signalled within the process, else often.

Together the polls of projector and hub show a change on another replica in well under half a second.
"""

from dataclasses import dataclass

from host.chores.relay import LONGEST_POLL_SECONDS as RELAY_POLL_SECONDS
from host.consumers.catchup import CATCHUP_POLL_SECONDS
from host.live.hub import POLL_SECONDS as HUB_POLL_SECONDS
from host.settings import Broker, Role
from host.store.read_model.consistency import POLL_SECONDS as READER_POLL_SECONDS


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between polls.

    projector, relay: the longest pause; reader: the first pause of a read that waits for a version
    """

    projector: float = CATCHUP_POLL_SECONDS
    relay: float = RELAY_POLL_SECONDS
    hub: float = HUB_POLL_SECONDS
    reader: float = READER_POLL_SECONDS


def pace_of(role: Role, broker: Broker) -> Pace:
    """Returns the pace of a process of that role; a broker takes over some of the polling."""
    match role, broker:
        case "web", "none":
            return Pace(hub=0.1, reader=0.02)
        case "web", _:  # the broker signals the hub
            return Pace(reader=0.02)
        case "consumers", "none":
            return Pace(projector=0.05)
        case "consumers", _:  # catch-up only takes what the broker lost
            return Pace(relay=0.05)
        case _:
            return Pace()
