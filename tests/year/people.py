"""The people of the year, their zones, and the commands in their name."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID, uuid5

from actors.replies import Json
from tests.fakes.person import FakePerson
from tests.year.digests import Digests

START = datetime(2024, 1, 1, 0, 0, 30, tzinfo=UTC)  # a leap year, in which Kazakhstan gave up a zone
END = datetime(2025, 1, 1, 0, 0, 30, tzinfo=UTC)

# By zone a local time that a change of its clocks skips or repeats, and a weekday on which the clocks change.
ZONES: dict[str, tuple[time, int]] = {
    "America/Santiago": (time(0), 6),
    "Europe/Berlin": (time(2, 30), 6),
    "America/New_York": (time(2, 30), 6),
    "Australia/Lord_Howe": (time(2, 15), 6),
    "Asia/Almaty": (time(23, 30), 3),
    "Australia/Adelaide": (time(2, 30), 6),
    "Africa/Cairo": (time(0), 4),
    "Asia/Kolkata": (time(9), 0),
    "Pacific/Chatham": (time(3, 15), 6),
    "America/St_Johns": (time(2, 30), 6),
    "Asia/Kathmandu": (time(18, 45), 2),
    "UTC": (time(9), 0),
}
HOMES = tuple(ZONES)
TRAVELLERS = (5, 7, 9)  # the numbers of the people who move to other zones
READERS = (0, 3, 7)  # the numbers of those who have a digest for a while, at several times


class YearPerson(FakePerson):
    """The person of that number; the same for the same seed."""

    def __init__(self, seed: str, number: int) -> None:
        super().__init__(zone=HOMES[number % len(HOMES)], offset=(None, 30, 0)[number % 3])
        self.id = str(uuid5(UUID(int=0), f"{seed}/person/{number}"))
        self.home = self.zone
        self.digests = Digests(self.zone)


@dataclass(frozen=True)
class Step:
    """A command at an instant. Steps of one `line` run in order, and steps of others beside them."""

    at: datetime
    person: YearPerson
    actor_type: str
    actor_id: str
    name: str
    body: Json
    command_id: str
    line: str
