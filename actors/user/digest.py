"""The daily digest of a user: on which local day and at which instant the next one is due. Pure.

There is at most one digest for a local day, wherever its person travels, and none comes in quiet hours: one whose time
lies in them comes when they end, and one that Duely was too late for is held until then.
"""

from datetime import date, datetime
from typing import Final

from actors.clock import instant_text, late_seconds, parse_instant
from actors.day_times import DAY, instant_at, local_day, out_of_quiet, quiet_until
from actors.events import Fact
from actors.user.state import DigestPlan, UserState

OFF: Final[DigestPlan] = {"told_on": None, "day": None, "at": None}


def plan_of(user: UserState) -> DigestPlan:
    """Returns the user's plan; a user of an early release has none, and so no digest."""
    return user.get("digest") or OFF


def is_due(user: UserState, now: datetime) -> bool:
    """Returns whether the instant of the next digest has come."""
    at = plan_of(user)["at"]
    return at is not None and at <= instant_text(now)


def planned(user: UserState, now: datetime) -> DigestPlan:
    """Returns the plan after a change of zone or time: the first day without a digest whose time lies ahead.

    One that is due already stays due; the tick that is on its way sends it.
    """
    plan, at, zone = plan_of(user), _time_of(user), user["zone"]
    if at is None:
        return {**OFF, "told_on": plan["told_on"]}
    if is_due(user, now):
        return plan
    if "since" in plan:  # the tick looks whether the quiet hours, which may have changed, still last
        return {"told_on": plan["told_on"], "day": plan["day"], "at": plan["since"]}
    day = local_day(now, zone)
    if plan["told_on"] is not None:
        day = max(day, date.fromisoformat(plan["told_on"]) + DAY)
    if instant_at(day, at, zone) <= now:
        day += DAY
    return _on(day, at, zone, plan["told_on"])


def recounted(user: UserState) -> DigestPlan:
    """Returns the plan for the same day and time under the zone rules of today."""
    plan = plan_of(user)
    at = _time_of(user)
    if at is None or plan["day"] is None:
        return plan
    return _on(date.fromisoformat(plan["day"]), at, user["zone"], plan["told_on"])


def held(user: UserState, now: datetime) -> DigestPlan | None:
    """Returns the plan for a digest that is due in quiet hours, to come when they end; None outside of them."""
    plan, quiet = plan_of(user), user["defaults"].get("quiet_hours")
    ends = quiet and quiet_until(now, quiet["start"], quiet["end"], user["zone"])
    if not ends:
        return None
    since = plan.get("since") or plan["at"]
    assert since is not None, "no digest is due"  # noqa: S101  # a bug of the caller
    return {**plan, "at": instant_text(ends), "since": since}


def taken(user: UserState, now: datetime) -> tuple[DigestPlan, Fact]:
    """Returns the next plan, and the fact of the digest that is due: of several missed days only the last has one."""
    plan, at, zone = plan_of(user), _time_of(user), user["zone"]
    planned_day, planned_at = plan["day"], plan.get("since") or plan["at"]
    assert at and planned_day and planned_at, "no digest is due"  # noqa: S101, PT018  # a bug of the caller
    today = local_day(now, zone)
    passed = today if instant_at(today, at, zone) <= now else today - DAY
    day = max(date.fromisoformat(planned_day), passed)
    meant = parse_instant(planned_at) if f"{day}" == planned_day else instant_at(day, at, zone)
    data = {"day": f"{day}", "late_seconds": late_seconds(now, meant)}
    return _on(day + DAY, at, zone, f"{day}"), Fact("digest.due", data=data)


def _time_of(user: UserState) -> str | None:
    """Returns the wall-clock time of the digest, outside of quiet hours; None while it is off."""
    at, quiet = user["defaults"].get("digest_at"), user["defaults"].get("quiet_hours")
    return at if at is None or quiet is None else out_of_quiet(at, quiet["start"], quiet["end"])


def _on(day: date, at: str, zone: str, told_on: str | None) -> DigestPlan:
    return {"told_on": told_on, "day": f"{day}", "at": instant_text(instant_at(day, at, zone))}
