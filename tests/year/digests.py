"""The expected digests of a person: one a local day, at the time that they have chosen by then."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.unit.recurrence.oracle import instant_of

DAY = timedelta(days=1)
MORNING = "09:00"  # when people hear that a day is over while they have no digest


@dataclass
class Digests:
    """The model; its methods are to be called in the order of time. `told` are the days with their instants."""

    zone: str
    at: str | None = None
    told: list[tuple[str, datetime]] = field(default_factory=list)
    _day: date | None = None  # that the next one is of

    @property
    def morning(self) -> str:
        return self.at or MORNING

    def advance(self, until: datetime) -> None:
        """Tells every digest up to `until`, that instant included."""
        while self._day is not None and (instant := self._instant(self._day)) <= until:
            self.told.append((self._day.isoformat(), instant))
            self._day += DAY

    def change(self, now: datetime, *, at: str | None, zone: str) -> None:
        """Has the next one come at another time or in another zone: no day has two, and what has passed is not told."""
        self.advance(now)
        self.at, self.zone, self._day = at, zone, None
        if at is None:
            return
        day = now.astimezone(ZoneInfo(zone)).date()
        if self.told:
            day = max(day, date.fromisoformat(self.told[-1][0]) + DAY)
        self._day = day if self._instant(day) > now else day + DAY

    def _instant(self, day: date) -> datetime:
        return instant_of(datetime.fromisoformat(f"{day}T{self.at}"), self.zone)
