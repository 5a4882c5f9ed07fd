"""The slots of a series by dateutil and zoneinfo: a rule with its start becomes places in time."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from actors.replies import Json
from tests.unit.recurrence.oracle import Case, instant_of
from tests.year.hours import Hours, due_of, locals_of, name_of
from tests.year.tasks import Offset, lead_of


@dataclass(frozen=True)
class Slot:
    """One slot. `number` counts from the start of the series, skipped slots included; after completion only those that came."""

    nominal: str
    day: date
    at: datetime
    number: int


@dataclass
class Spec:
    """A series as its owner wants it. `case` is the rule with start and zone; without `offsets` the user's default counts."""

    case: Case
    mode: str = "schedule"
    pile_up: str = "all"
    look_ahead_days: int = 0
    offsets: list[Offset] | None = field(default_factory=lambda: [0])
    floating: bool = False  # whether its times are those of the wall wherever its owner is


class Ruled:
    """What has a rule. `default_offset` is the reminder where the template names none."""

    spec: Spec
    default_offset: Offset | None

    def _by_day(self, days: set[date]) -> dict[str, Slot]:
        """Returns the slots of the present rule up to the last of the days, by what each keeps under another rule."""
        far, numbered = max(days, default=date.min), zip(count(1), locals_of(self.spec.case), strict=False)
        here = takewhile(lambda pair: pair[1].date() <= far, numbered)
        slots = [self._slot(local, number) for number, local in here]
        return {self._key(slot.nominal): slot for slot in slots}

    def _name_of(self, slot: Slot) -> str:
        return f"#{slot.number}" if self.spec.mode == "completion" else slot.nominal

    @property
    def offsets(self) -> list[Offset]:
        if self.spec.offsets is not None:
            return self.spec.offsets
        return [] if self.default_offset is None else [self.default_offset]

    @property
    def _ahead(self) -> timedelta:
        return max([timedelta(days=self.spec.look_ahead_days), *map(lead_of, self.offsets)])

    def due_of(self, slot: Slot) -> Json:
        if not self.spec.case.timed:
            return {"date": slot.nominal}
        return due_of(slot.nominal, None if self.spec.floating else self.spec.case.zone)

    def _key(self, name: str) -> str:
        """Returns what a slot keeps when it gets another name: its day, unless a day may have several."""
        return name if isinstance(self.spec.case, Hours) else name[:10]

    def _from(self, completed: datetime) -> Case:
        """Returns the rule as it goes on after a completion: a month that is too short gives its last day."""
        case = self.spec.case
        done = completed.astimezone(ZoneInfo(case.zone)).replace(hour=case.start.hour, minute=case.start.minute)
        return replace(case, start=done.replace(tzinfo=None, second=0, microsecond=0), count=None, clamp=True)

    def _slot(self, local: datetime, number: int) -> Slot:
        if local.tzinfo is not None:
            local = local.astimezone(ZoneInfo(self.spec.case.zone))
            return Slot(name_of(local), local.date(), local.astimezone(UTC), number)
        nominal = local.isoformat(timespec="minutes") if self.spec.case.timed else local.date().isoformat()
        return Slot(nominal, local.date(), instant_of(local, self.spec.case.zone), number)

    def _at_new_time(self, slot: Slot, number: int) -> Slot:
        """Returns the slot of that day and number under the present rule."""
        return self._slot(datetime.combine(slot.day, self.spec.case.start.time()), number)

    @staticmethod
    def _begun_in(slot: Slot, zone: str) -> Slot:
        return replace(slot, at=instant_of(datetime.fromisoformat(slot.nominal), zone))
