"""The daily digest of a user: on which local day and at which instant the next one is due. Pure.

The plan is a private part of the user: `{"told_on", "day", "at"}`, the last local day that was told, the next one, and
its instant; both null while the digest is off. A day is told at most once, wherever its person travels, and never in
quiet hours: one whose time lies in them comes when they end, and one that Duely was too late for is held until then
(`since` is the instant at which it was to come).
"""

from datetime import date, datetime

from actors.clock import instant_text, parse_instant
from actors.day_times import DAY, instant_at, local_day, out_of_quiet, quiet_until
from actors.events import Fact
from actors.replies import Json
from actors.task.reminders import LATE

OFF: Json = {"told_on": None, "day": None, "at": None}


def of_user(user: Json) -> Json:
    """The plan; a user of an older release has none."""
    plan: Json = user.get("digest") or OFF
    return plan


def is_due(user: Json, now: datetime) -> bool:
    at = of_user(user)["at"]
    return at is not None and at <= instant_text(now)


def planned(user: Json, now: datetime) -> Json:
    """The plan after a change of zone or time: the first day not told yet whose time lies ahead.

    One that is due already stays due; it is told by the tick that is on its way.
    """
    plan, at, zone = of_user(user), _time_of(user), user["zone"]
    if at is None:
        return {**OFF, "told_on": plan["told_on"]}
    if is_due(user, now):
        return plan
    if "since" in plan:  # the tick looks whether it is still quiet
        return {"told_on": plan["told_on"], "day": plan["day"], "at": plan["since"]}
    day = local_day(now, zone)
    if plan["told_on"] is not None:
        day = max(day, date.fromisoformat(plan["told_on"]) + DAY)
    if instant_at(day, at, zone) <= now:
        day += DAY
    return _on(day, at, zone, plan["told_on"])


def recounted(user: Json) -> Json:
    """The same day and time under the zone rules of today."""
    plan = of_user(user)
    at = _time_of(user)
    if at is None or plan["day"] is None:
        return plan
    return _on(date.fromisoformat(plan["day"]), at, user["zone"], plan["told_on"])


def held(user: Json, now: datetime) -> Json | None:
    """The plan for one that is due in quiet hours; None outside of them."""
    plan, quiet = of_user(user), user["defaults"].get("quiet_hours")
    ends = quiet and quiet_until(now, quiet["start"], quiet["end"], user["zone"])
    return {**plan, "at": instant_text(ends), "since": plan.get("since") or plan["at"]} if ends else None


def told(user: Json, now: datetime) -> tuple[Json, Fact]:
    """The next plan, and the digest that is due: of several days that were missed, only the last is told."""
    plan, at, zone = of_user(user), _time_of(user), user["zone"]
    assert at is not None  # noqa: S101  it is due
    today = local_day(now, zone)
    passed = today if instant_at(today, at, zone) <= now else today - DAY
    day = max(date.fromisoformat(plan["day"]), passed)
    planned_at = parse_instant(plan.get("since") or plan["at"])
    late = now - (planned_at if f"{day}" == plan["day"] else instant_at(day, at, zone))
    data = {"day": f"{day}", "late_seconds": int(late.total_seconds()) if late > LATE else None}
    return _on(day + DAY, at, zone, f"{day}"), Fact("digest.due", data=data)


def _time_of(user: Json) -> str | None:
    """When it comes, on the wall."""
    at, quiet = user["defaults"].get("digest_at"), user["defaults"].get("quiet_hours")
    return at if at is None or quiet is None else out_of_quiet(at, quiet["start"], quiet["end"])


def _on(day: date, at: str, zone: str, told_on: str | None) -> Json:
    return {"told_on": told_on, "day": f"{day}", "at": instant_text(instant_at(day, at, zone))}
