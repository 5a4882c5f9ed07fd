"""What a command does to a user's profile: one pure function a command, named in the table COMMANDS."""

from collections.abc import Callable, Mapping
from datetime import datetime

from actors.clock import instant_text
from actors.commands import TICK, Command
from actors.events import Fact, cloud_events
from actors.fields import Defaults
from actors.replies import Accepted, Decision, Json, Refused, Unchanged, UnknownNameError

NOT_FOUND = Refused("user_not_found", "There is no such user.", 404)


def decide(state: Json | None, version: int, command: Command, now: datetime) -> Decision:  # noqa: ARG001  # the shape of every decide
    """What `command` makes of a user; a user has nothing that wakes it."""
    if command.name == TICK:
        return Unchanged({})
    if command.name == "RegisterUser":
        return register(state, command, now)
    act = COMMANDS.get(command.name)
    if act is None:
        raise UnknownNameError(f"a user knows no command {command.name}")
    if state is None or state["deleted_at"] is not None or state["id"] != command.principal.user_id:
        return NOT_FOUND
    return act(state, command, now)


def register(state: Json | None, command: Command, now: datetime) -> Decision:
    """Once; a repeated one finds the user there. A deleted user does not come back."""
    if state is not None:
        return Unchanged(state)
    body, now_text = command.body, instant_text(now)
    user: Json = {
        "id": command.principal.user_id,
        "email": body["email"],
        "name": body.get("name", ""),
        "zone": body.get("zone", "UTC"),
        "defaults": Defaults(**body.get("defaults", {})).model_dump(),
        "version": 1,
        "created_at": now_text,
        "updated_at": now_text,
        "deleted_at": None,
    }
    return _accepted(user, Fact("user.registered"), command, now)


def patch(state: Json, command: Command, now: datetime) -> Decision:
    wanted = dict(command.body)
    if "defaults" in wanted:
        wanted["defaults"] = {**state["defaults"], **wanted["defaults"]}
    changed = {name: {"old": state[name], "new": value} for name, value in wanted.items() if state[name] != value}
    if not changed:
        return Unchanged(state)
    user = {**state, **wanted, "version": state["version"] + 1, "updated_at": instant_text(now)}
    return _accepted(user, Fact("user.updated", changed), command, now)


def delete(state: Json, command: Command, now: datetime) -> Decision:
    """The last version: nothing personal, only that there was somebody."""
    now_text = instant_text(now)
    blank = {"email": "", "name": "", "zone": "UTC", "defaults": {}}
    stone = {**state, **blank, "version": state["version"] + 1, "updated_at": now_text, "deleted_at": now_text}
    return _accepted(stone, Fact("user.deleted"), command, now)


def _accepted(user: Json, fact: Fact, command: Command, now: datetime) -> Accepted:
    told = Fact(fact.type, fact.changed, {"user": user})
    return Accepted(user, cloud_events("UserActor", user, [told], command, instant_text(now)), None, user)


# Every command of a user who is there. RegisterUser stands in `decide`, because it makes one.
COMMANDS: Mapping[str, Callable[[Json, Command, datetime], Decision]] = {
    "PatchUser": patch,
    "DeleteUser": delete,
}
