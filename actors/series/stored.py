"""What a stored series tells a reader: which tasks it has, in which zone, when its slots are, its rule as a sentence. Pure."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from actors.clock import instant_text
from actors.due import instant_of
from actors.recurrence.sentence import sentence
from actors.replies import Json
from actors.series.slots import recurrence_of


def tasks_of(stored: Json) -> list[Json]:
    """What has a task by the state of the series, whether the read model shows it yet or not; of what is open the newest."""
    awaited = [] if stored["awaited"] is None else [stored["awaited"]]
    return [*stored["open"], *awaited, *stored["ahead"]]


def zone_of(stored: Json) -> str:
    """In which its slots are told."""
    zone: str = stored["start"].get("zone", stored["zone"])
    return zone


def sentence_of(series: Json) -> str:
    """What the rule of a stored series says."""
    return sentence(recurrence_of(series))


def when(text: str, zone: str) -> Json:
    """A local start or day as the API shows it, with the instant at which it starts."""
    if "T" in text:
        return {"local": text, "zone": zone, "at": instant_text(instant_of(datetime.fromisoformat(text), zone))}
    midnight = datetime.combine(date.fromisoformat(text), time.min)
    return {"date": text, "zone": zone, "at": instant_text(instant_of(midnight, zone))}


def due_json(due: Json, zone: str) -> Json:
    """A due as the API shows when an occurrence is; `zone` is that of a day."""
    return when(due.get("local") or due["date"], due.get("zone", zone))


def is_shifted(local: str, zone: str) -> bool:
    """Whether the clocks of that zone leave that local time out."""
    named = datetime.fromisoformat(local)
    return instant_of(named, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != named
