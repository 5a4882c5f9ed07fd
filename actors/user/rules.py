"""What a command does to a user's profile: one pure function a command, named in the table COMMANDS."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from actors.clock import instant_text
from actors.commands import TICK, Command
from actors.events import Changes, Fact, cloud_events
from actors.fields import Defaults
from actors.replies import Accepted, Decision, Refused, Unchanged, UnknownNameError, unseen
from actors.user import digest
from actors.user.state import UserState, user_json

NOT_FOUND = Refused("user_not_found", "There is no such user.", 404)


def decide(state: UserState | None, version: int, command: Command, now: datetime) -> Decision:  # noqa: ARG001  # the shape of every decide
    """Returns what `command` makes of a user (None: not there yet).

    Raises UnknownNameError for a command of a newer release.
    """
    if command.name == TICK:
        return tick(state, command, now)
    if command.name == "RegisterUser":
        return register(state, command, now)
    act = COMMANDS.get(command.name)
    if act is None:
        raise UnknownNameError(f"a user knows no command {command.name}")
    if state is None or state["deleted_at"] is not None or state["id"] != command.principal.user_id:
        return NOT_FOUND
    return unseen(command.if_match, state["version"]) or act(state, command, now)


def tick(state: UserState | None, command: Command, now: datetime) -> Decision:
    """Takes the digest when its time has come; in quiet hours it waits for their end."""
    if state is None or not digest.is_due(state, now):
        return Unchanged({})
    later = digest.held(state, now)
    plan, fact = digest.taken(state, now) if later is None else (later, Fact("user.updated"))
    return _accepted({**state, "version": state["version"] + 1, "digest": plan}, fact, command, now)


def register(state: UserState | None, command: Command, now: datetime) -> Decision:
    """Makes the user, once: a repeated command finds the user there. A deleted user does not come back."""
    if state is not None:
        return Unchanged(user_json(state))
    body, now_text = command.body, instant_text(now)
    user: UserState = {
        "id": command.principal.user_id,
        "email": body["email"],
        "name": body.get("name", ""),
        "zone": body.get("zone", "UTC"),
        "defaults": Defaults(**body.get("defaults", {})).model_dump(),
        "digest": digest.OFF,
        "version": 1,
        "created_at": now_text,
        "updated_at": now_text,
        "deleted_at": None,
    }
    return _accepted({**user, "digest": digest.planned(user, now)}, Fact("user.registered"), command, now)


def patch(state: UserState, command: Command, now: datetime) -> Decision:
    """Sets the fields of the body; of the defaults those that are given."""
    before: Mapping[str, Any] = state
    wanted = dict(command.body)
    if "defaults" in wanted:
        wanted["defaults"] = {**state["defaults"], **wanted["defaults"]}
    changed: Changes = {
        name: {"old": before[name], "new": value} for name, value in wanted.items() if before[name] != value
    }
    if not changed:
        return Unchanged(user_json(state))
    head = {"version": state["version"] + 1, "updated_at": instant_text(now)}
    user = cast("UserState", {**state, **wanted, **head})  # the body is validated where commands are built
    return _accepted({**user, "digest": digest.planned(user, now)}, Fact("user.updated", changed), command, now)


def recount(state: UserState, command: Command, now: datetime) -> Decision:
    """Plans the digest anew after the rules of time zones changed: the same wall-clock time may be another instant."""
    plan = digest.recounted(state)
    if plan == digest.plan_of(state):
        return Unchanged(user_json(state))
    return _accepted({**state, "version": state["version"] + 1, "digest": plan}, Fact("user.updated"), command, now)


def delete(state: UserState, command: Command, now: datetime) -> Decision:
    """Leaves a tombstone as the last version: nothing personal."""
    now_text = instant_text(now)
    stone: UserState = {
        **state,
        "email": "",
        "name": "",
        "zone": "UTC",
        "defaults": {},
        "digest": digest.OFF,
        "version": state["version"] + 1,
        "updated_at": now_text,
        "deleted_at": now_text,
    }
    return _accepted(stone, Fact("user.deleted"), command, now)


def _accepted(user: UserState, fact: Fact, command: Command, now: datetime) -> Accepted:
    profile = user_json(user)
    with_user = Fact(fact.type, fact.changed, {"user": profile, **fact.data})
    events = cloud_events("UserActor", user, [with_user], command, instant_text(now))
    return Accepted(user, events, digest.plan_of(user)["at"], profile)


# Every command of a user who exists. RegisterUser and Tick stand in `decide`: they also come before the user exists.
COMMANDS: Mapping[str, Callable[[UserState, Command, datetime], Decision]] = {
    "PatchUser": patch,
    "RecountTimes": recount,
    "DeleteUser": delete,
}
