"""Rules of hours: the oracle for their slots is dateutil, on the clock in UTC where they count time that passes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

from actors.replies import Json
from tests.unit.recurrence.oracle import Case, instant_of
from tests.unit.recurrence.oracle import locals_of as locals_of_days


@dataclass(frozen=True)
class Hours(Case):
    """A rule of hours: of those of the wall in `hours`, or else of each so many that pass."""

    hours: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return super().text + (f";BYHOUR={','.join(map(str, self.hours))}" if self.hours else "")


def locals_of(case: Case) -> Iterator[datetime]:
    """Yields the local starts of the slots; those of hours that pass know their zone."""
    if not isinstance(case, Hours):
        return locals_of_days(case)
    common = {"interval": case.interval, "until": case.horizon}
    if case.hours:
        return islice(rrule.rrule(rrule.HOURLY, dtstart=case.start, byhour=case.hours, **common), case.count)
    start = instant_of(case.start, case.zone).replace(tzinfo=None)
    found = islice(rrule.rrule(rrule.HOURLY, dtstart=start, **common), case.count)
    return (utc.replace(tzinfo=UTC).astimezone(ZoneInfo(case.zone)) for utc in found)


def name_of(local: datetime) -> str:
    """Returns the name of the slot with that start: the second of two equal times has its offset."""
    return (local if local.fold else local.replace(tzinfo=None)).isoformat(timespec="minutes")


def due_of(name: str, zone: str | None) -> Json:
    """Returns the due of a slot with a time; that of a name with an offset is an instant."""
    local = datetime.fromisoformat(name)
    if local.tzinfo is None:
        return {"local": name, "zone": zone}
    return {"local": local.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="minutes"), "zone": "UTC"}
