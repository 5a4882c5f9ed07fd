"""What a command does to a task: one pure function a command, all named in the table COMMANDS."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import cast

from actors import tags
from actors.clock import instant_text, parse_instant
from actors.commands import TICK, Command, task_id_for
from actors.day_times import DAY, instant_at, local_day
from actors.due import follows_the_user
from actors.events import Fact
from actors.fields import MAX_TAGS
from actors.replies import ID_TAKEN, Decision, Refused, Unchanged, UnknownNameError, taken, unseen
from actors.shapes import Reminder
from actors.task import firings, reminders
from actors.task import state as task_state
from actors.task.edit import NO_ROOM, Edit, accepted, edited, fits, recounted, undone
from actors.task.occurrences import NOT_FOUND, PURGED, everywhere, noting, out_of_trash, retemplate, take_up, withdraw
from actors.task.state import TaskState

MAX_EVENTS = 50  # of one turn; what is left is due again at once

IN_TRASH = Refused("task_in_trash", "The task is in the trash: restore it first.", 409)


def decide(state: TaskState | None, version: int, command: Command, now: datetime) -> Decision:
    """Returns what `command` makes of a task at `version` (0 and None: not there yet).

    Raises UnknownNameError for a command of a newer release.
    """
    if command.name == "CreateTask":
        return create(state, command, now)
    if command.name == TICK:
        return tick(state, version, command, now)
    if command.name in BEFORE_IT_EXISTS:
        return BEFORE_IT_EXISTS[command.name](state, command, now)
    act = COMMANDS.get(command.name)
    if act is None:
        raise UnknownNameError(f"a task knows no command {command.name}")
    if state is None or state["purged"] or state["user_id"] != command.principal.user_id:
        return NOT_FOUND
    return _refusal(state, command) or noting(state, command, act(state, command, now))


def _refusal(state: TaskState, command: Command) -> Refused | None:
    if command.principal.kind == "system" and command.name in BY_SERIES and state["series_id"] is None:
        return NOT_FOUND
    if state["deleted_at"] is not None and command.name not in FOR_TRASH:
        return IN_TRASH
    return unseen(command.if_match, state["version"]) if command.name in WHOLE else None


def create(state: TaskState | None, command: Command, now: datetime) -> Decision:
    """Makes the task. Refuses one that is too large, and an id that is taken."""
    if state is not None:
        return _there(state, command, now)
    body = command.body
    task_id = body.get("id") or task_id_for(command.principal.user_id, command.id)
    state = task_state.new(task_id, command, now)
    facts = [Fact("task.created"), *reminders.facts([], state["reminders"])]
    decision = accepted(state, facts, command, now)
    return decision if fits(decision) else NO_ROOM


def _there(state: TaskState, command: Command, now: datetime) -> Decision:
    """Answers a repeated create, which the log may have forgotten, with the task as it is now; refuses any other.

    The task of a slot that its series had withdrawn and wants again comes back.
    """
    if state["user_id"] != command.principal.user_id:
        return ID_TAKEN
    if _is_of_slot(state, command):
        return (
            Unchanged(task_state.task_json(state)) if state.get("withdrawn") is None else restore(state, command, now)
        )
    if state["purged"]:
        return PURGED
    there = task_state.task_json(state)
    return taken("task", there) if "id" in command.body else Unchanged(there)


def _is_of_slot(state: TaskState, command: Command) -> bool:
    """Returns whether the task is that of the slot for which the command asks one."""
    wanted = command.body.get("series_id"), command.body.get("occurrence")
    return wanted[0] is not None and wanted == (state["series_id"], state.get("occurrence"))


def patch(state: TaskState, command: Command, now: datetime) -> Decision:
    """Sets the fields of the body; null clears one. See `edited` for edits that conflict."""
    return edited(
        state, cast("Edit", task_state.cleared(command.body)), command, now
    )  # validated where commands are built


def complete(state: TaskState, command: Command, now: datetime) -> Decision:
    return edited(state, {"status": "completed"}, command, now)


def reopen(state: TaskState, command: Command, now: datetime) -> Decision:
    return edited(state, {"status": "open"}, command, now)


def delete(state: TaskState, command: Command, now: datetime) -> Decision:
    """Moves the task to the trash."""
    return edited(state, {"deleted_at": state["deleted_at"] or instant_text(now)}, command, now)


def restore(state: TaskState, command: Command, now: datetime) -> Decision:
    """Takes the task out of the trash."""
    return out_of_trash(edited(state, {"deleted_at": None}, command, now))


def purge(state: TaskState, command: Command, now: datetime) -> Decision:
    """Leaves a tombstone as the last version. The pruner may come after a restore that it did not see."""
    if command.principal.kind == "system" and state["deleted_at"] is None:
        return Unchanged(task_state.task_json(state))
    stone = task_state.tombstone(state, now)
    facts = [Fact("task.purged"), *reminders.facts(state["reminders"], [])]
    return accepted(stone, facts, command, now)


def set_priority(state: TaskState, command: Command, now: datetime) -> Decision:
    return edited(state, {"priority": command.body["priority"]}, command, now)


def add_tags(state: TaskState, command: Command, now: datetime) -> Decision:
    """Adds tags; refuses more than MAX_TAGS."""
    wanted = tags.added(state["tags"], command.body["tags"])
    if len(wanted) > MAX_TAGS:
        errors = [{"pointer": "/tags", "code": "too_many", "detail": f"a task has at most {MAX_TAGS} tags"}]
        return Refused("too_many_tags", f"A task has at most {MAX_TAGS} tags.", 422, {"errors": errors})
    return edited(state, {"tags": wanted}, command, now)


def remove_tag(state: TaskState, command: Command, now: datetime) -> Decision:
    edit: Edit = {"tags": tags.removed(state["tags"], command.body["tag"])}
    return (everywhere if command.body.get("everywhere", False) else edited)(state, edit, command, now)


def rename_tag(state: TaskState, command: Command, now: datetime) -> Decision:
    wanted = tags.renamed(state["tags"], command.body["from"], command.body["to"])
    return everywhere(state, {"tags": wanted}, command, now)


def move_due(state: TaskState, command: Command, now: datetime) -> Decision:
    return edited(state, {"due": command.body["due"]}, command, now)


def undo(state: TaskState, command: Command, now: datetime) -> Decision:
    """Puts back what an audit entry changed, if all of it is still as that entry left it."""
    if state["deleted_at"] is not None and command.body["changed"].keys() != {"deleted_at"}:
        return IN_TRASH
    return out_of_trash(undone(state, command, now))


def leave_series(state: TaskState, command: Command, now: datetime) -> Decision:
    """Lets the task go on as one of no series."""
    if state["series_id"] != command.body["series_id"]:
        return Unchanged(task_state.task_json(state))
    return edited(state, {"series_id": None, "occurrence": None}, command, now)


def rezone(state: TaskState, command: Command, now: datetime) -> Decision:
    """Follows a change of the user's zone: only a due without a zone of its own moves with it."""
    if state["due"] is None or not follows_the_user(state["due"]):
        return Unchanged(task_state.task_json(state))
    after: TaskState = {**state, "morning": task_state.morning_of(command.defaults)}
    if state["zone"] == command.body["zone"]:
        return _at_another_hour(state, after, command, now)
    return edited(after, {"zone": command.body["zone"]}, command, now)


def _at_another_hour(state: TaskState, after: TaskState, command: Command, now: datetime) -> Decision:
    """Has the end of the task's day announced with the digest, whose time has changed, if that is still to come."""
    if task_state.overdue_ahead(after) == task_state.overdue_ahead(state):
        return Unchanged(task_state.task_json(state))
    after.update({"version": state["version"] + 1, "updated_at": instant_text(now)})
    return accepted(after, [Fact("task.updated")], command, now)


def snooze(state: TaskState, command: Command, now: datetime) -> Decision:
    """Puts a reminder off. Refuses a completed task, an unknown reminder, and an end that is not ahead of now."""
    if state["status"] != "open":
        return Refused("task_completed", "The task is completed: there is no reminder to snooze.", 409)
    reminder = _to_snooze(state["reminders"], command.body.get("reminder_id"))
    if reminder is None:
        return Refused("reminder_not_found", "The task has no such reminder.", 404)
    until = _snooze_end(command, now)
    if until <= instant_text(now):
        errors = [{"pointer": "/until", "code": "in_the_past", "detail": "not ahead of now"}]
        return Refused("invalid_snooze", "A reminder can only be snoozed until a time ahead.", 422, {"errors": errors})
    later = firings.snoozed(reminder, until, instant_text(now))
    return _with_reminders(state, [later], [reminders.snoozed_fact(reminder, later)], command, now)


def _snooze_end(command: Command, now: datetime) -> str:
    body = command.body
    if body.get("tomorrow_at") is not None:
        return instant_text(instant_at(local_day(now, command.zone) + DAY, body["tomorrow_at"], command.zone))
    until: str | None = body.get("until")
    return until or instant_text(now + timedelta(minutes=body["minutes"]))


def _to_snooze(current: list[Reminder], reminder_id: str | None) -> Reminder | None:
    """Returns the named reminder; without an id the one that fired last, else the next to fire."""
    if reminder_id is not None:
        return next((reminder for reminder in current if reminder["id"] == reminder_id), None)
    past = [reminder for reminder in current if reminder["status"] == "fired" or firings.is_unanswered(reminder)]
    if past:
        return max(past, key=firings.last_happened)
    ahead = [reminder for reminder in current if reminder["status"] == "pending"]
    return min(ahead, key=lambda reminder: reminder["fire_at"] or "", default=None)


def acknowledge(state: TaskState, command: Command, now: datetime) -> Decision:
    """Marks the named reminder, or each one, as seen if it has fired. Refuses an unknown reminder."""
    wanted = command.body.get("reminder_id")
    named = [reminder for reminder in state["reminders"] if wanted in {None, reminder["id"]}]
    if wanted is not None and not named:
        return Refused("reminder_not_found", "The task has no such reminder.", 404)
    seen = [firings.acknowledged(reminder, instant_text(now)) for reminder in named if firings.is_unanswered(reminder)]
    if not seen:
        return Unchanged(task_state.task_json(state))
    facts = [reminders.acknowledged_fact(reminder) for reminder in seen]
    return _with_reminders(state, seen, facts, command, now)


def tick(state: TaskState | None, version: int, command: Command, now: datetime) -> Decision:
    """Does what is due now: each reminder fires once a firing, task.overdue comes once a due. Nothing due: a no-op."""
    if state is None:
        return Unchanged({})
    now_text = instant_text(now)
    overdue = task_state.overdue_ahead(state)
    is_overdue = overdue is not None and overdue <= now_text
    ready = reminders.to_fire(state["reminders"], now_text)[: MAX_EVENTS - is_overdue]
    if not ready and not is_overdue:
        return Unchanged({})
    after_firing, fired = reminders.fired(state["reminders"], ready, now)
    facts = [_overdue(state, overdue, now)] if overdue is not None and is_overdue else []
    facts += fired
    noted = state["due"] if is_overdue else state["overdue_noted"]
    after: TaskState = {
        **state,
        "version": version + 1,
        "reminders": after_firing,
        "overdue_noted": noted,
    }
    return accepted(after, facts, command, now)


def _overdue(state: TaskState, wanted: str, now: datetime) -> Fact:
    """Returns the fact that the task is overdue, which was to be told at `wanted`, or when it was last edited."""
    late = now - parse_instant(max(wanted, state["updated_at"]))
    return Fact("task.overdue", data={"late_seconds": int(late.total_seconds()) if late > firings.LATE else None})


def _with_reminders(
    state: TaskState, changed: list[Reminder], facts: list[Fact], command: Command, now: datetime
) -> Decision:
    after: TaskState = {
        **state,
        "version": state["version"] + 1,
        "updated_at": instant_text(now),
        "reminders": reminders.replaced(state["reminders"], changed),
    }
    return accepted(after, facts, command, now)


# The commands of a series that also come when the task is not there, or is a tombstone.
BEFORE_IT_EXISTS: Mapping[str, Callable[[TaskState | None, Command, datetime], Decision]] = {
    "Withdraw": withdraw,
    "TakeUp": take_up,
}
# Every other command of a task that exists. CreateTask and Tick stand in `decide`.
COMMANDS: Mapping[str, Callable[[TaskState, Command, datetime], Decision]] = {
    "PatchTask": patch,
    "CompleteTask": complete,
    "ReopenTask": reopen,
    "DeleteTask": delete,
    "RestoreTask": restore,
    "PurgeTask": purge,
    "SetPriority": set_priority,
    "AddTags": add_tags,
    "RemoveTag": remove_tag,
    "RenameTag": rename_tag,
    "MoveDue": move_due,
    "UndoChange": undo,
    "LeaveSeries": leave_series,
    "Rezone": rezone,
    "RecountTimes": recounted,
    "Retemplate": retemplate,
    "SnoozeReminder": snooze,
    "AcknowledgeReminder": acknowledge,
}
# The commands whose If-Match names the current version, because the whole task goes; others let other edits stand.
WHOLE = frozenset({"DeleteTask", "PurgeTask"})
# The commands that the system sends for a series: not to a task that was there before under the id of a slot.
BY_SERIES = frozenset({"MoveDue", "Retemplate"})
# The commands that a task in the trash takes.
FOR_TRASH = frozenset({"DeleteTask", "RestoreTask", "PurgeTask", "UndoChange"})
