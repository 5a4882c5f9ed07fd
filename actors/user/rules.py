"""What a command does to a user's profile: one pure function a command, named in the table COMMANDS."""

from collections.abc import Callable, Mapping
from datetime import datetime

from actors.clock import instant_text
from actors.commands import TICK, Command
from actors.events import Fact, cloud_events
from actors.fields import Defaults
from actors.replies import Accepted, Decision, Json, Refused, Unchanged, UnknownNameError
from actors.user import digest

NOT_FOUND = Refused("user_not_found", "There is no such user.", 404)
PRIVATE = frozenset({"digest"})  # the plan of the daily digest


def decide(state: Json | None, version: int, command: Command, now: datetime) -> Decision:  # noqa: ARG001  # the shape of every decide
    """What `command` makes of a user."""
    if command.name == TICK:
        return tick(state, command, now)
    if command.name == "RegisterUser":
        return register(state, command, now)
    act = COMMANDS.get(command.name)
    if act is None:
        raise UnknownNameError(f"a user knows no command {command.name}")
    if state is None or state["deleted_at"] is not None or state["id"] != command.principal.user_id:
        return NOT_FOUND
    return act(state, command, now)


def user_json(state: Json) -> Json:
    """The user as replies, events and the read model have it."""
    return {key: value for key, value in state.items() if key not in PRIVATE}


def tick(state: Json | None, command: Command, now: datetime) -> Decision:
    """The digest, when its time has come; in quiet hours it waits for their end."""
    if state is None or not digest.is_due(state, now):
        return Unchanged({})
    later = digest.held(state, now)
    plan, fact = digest.told(state, now) if later is None else (later, Fact("user.updated"))
    return _accepted({**state, "version": state["version"] + 1, "digest": plan}, fact, command, now)


def register(state: Json | None, command: Command, now: datetime) -> Decision:
    """Once; a repeated one finds the user there. A deleted user does not come back."""
    if state is not None:
        return Unchanged(user_json(state))
    body, now_text = command.body, instant_text(now)
    user: Json = {
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


def patch(state: Json, command: Command, now: datetime) -> Decision:
    wanted = dict(command.body)
    if "defaults" in wanted:
        wanted["defaults"] = {**state["defaults"], **wanted["defaults"]}
    changed = {name: {"old": state[name], "new": value} for name, value in wanted.items() if state[name] != value}
    if not changed:
        return Unchanged(user_json(state))
    user = {**state, **wanted, "version": state["version"] + 1, "updated_at": instant_text(now)}
    return _accepted({**user, "digest": digest.planned(user, now)}, Fact("user.updated", changed), command, now)


def recount(state: Json, command: Command, now: datetime) -> Decision:
    """The rules of the zones have changed: the same time on the wall may be another instant."""
    plan = digest.recounted(state)
    if plan == digest.of_user(state):
        return Unchanged(user_json(state))
    return _accepted({**state, "version": state["version"] + 1, "digest": plan}, Fact("user.updated"), command, now)


def delete(state: Json, command: Command, now: datetime) -> Decision:
    """The last version: nothing personal, only that there was somebody."""
    now_text = instant_text(now)
    blank = {"email": "", "name": "", "zone": "UTC", "defaults": {}, "digest": digest.OFF}
    stone = {**state, **blank, "version": state["version"] + 1, "updated_at": now_text, "deleted_at": now_text}
    return _accepted(stone, Fact("user.deleted"), command, now)


def _accepted(user: Json, fact: Fact, command: Command, now: datetime) -> Accepted:
    shown = user_json(user)
    told = Fact(fact.type, fact.changed, {"user": shown, **fact.data})
    events = cloud_events("UserActor", user, [told], command, instant_text(now))
    return Accepted(user, events, digest.of_user(user)["at"], shown)


# Every command of a user who is there. RegisterUser and Tick stand in `decide`, because they also meet none.
COMMANDS: Mapping[str, Callable[[Json, Command, datetime], Decision]] = {
    "PatchUser": patch,
    "RecountTimes": recount,
    "DeleteUser": delete,
}
