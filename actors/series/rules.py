"""What a command does to a series: one pure function a command, all named in the table COMMANDS."""

from collections.abc import Callable, Mapping
from datetime import datetime

from actors.clock import instant_text, parse_instant
from actors.commands import TICK, Command, task_id_for
from actors.replies import ID_TAKEN, Decision, Refused, Unchanged, UnknownNameError, taken, unseen
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.draft import Draft
from actors.series.edit import patch, recount, renew, rezone, split
from actors.series.incarnations import taken_slot
from actors.series.refusals import DELETED, NO_ROOM, NOT_FOUND, NOTHING_LEFT
from actors.series.single import completed, created, deleted, move, opened, skip
from actors.series.state import SeriesState


def decide(state: SeriesState | None, version: int, command: Command, now: datetime) -> Decision:  # noqa: ARG001  # the shape of every decide
    """Returns what `command` makes of a series (None: not there yet).

    Raises Outage when the series must catch up with missed slots first, UnknownNameError for a command of a newer
    release.
    """
    if command.name == "CreateSeries":
        return create(state, command, now)
    if command.name == TICK:
        return tick(state, command, now)
    act = COMMANDS.get(command.name)
    if act is None:
        raise UnknownNameError(f"a series knows no command {command.name}")
    if state is None or state["user_id"] != command.principal.user_id:
        return NOT_FOUND
    if command.name not in MERGING and (refusal := unseen(command.if_match, state["version"])) is not None:
        return refusal
    return act(Draft(state, command, now))


def create(state: SeriesState | None, command: Command, now: datetime) -> Decision:
    """Makes the series and its first tasks. Refuses an id that is taken, a wrong rule, no slot ahead, a large template."""
    if state is not None:
        return _there(state, command)
    state = series_state.new(command, instant_text(now))
    if isinstance(problem := series_slots.parsed(state), Refused):
        return problem
    if series_state.template_bytes(state["template"]) > series_state.MAX_TEMPLATE_BYTES:
        return NO_ROOM
    draft = Draft(state, command, now)
    draft.since = min(draft.now_text, command.body.get("wanted_since") or draft.now_text)
    if series_slots.first_numbered(state, draft.recurrence, parse_instant(draft.since), 0) is None:
        return NOTHING_LEFT
    draft.record("series.created")
    draft.catch_up()
    return draft.accepted()


def _there(state: SeriesState, command: Command) -> Decision:
    """Answers a repeated create, which the log may have forgotten, with the series as it is now; refuses any other."""
    who = command.principal
    if state["user_id"] != who.user_id:
        return ID_TAKEN
    there = series_state.series_json(state)
    if who.kind == "system":
        return Unchanged(there)
    if state["status"] == "deleted":
        return DELETED
    return Unchanged(there) if state["id"] == task_id_for(who.user_id, command.id) else taken("series", there)


def tick(state: SeriesState | None, command: Command, now: datetime) -> Decision:
    """Starts the slots that are due, makes the tasks that are due to be made, and works off the backlog."""
    if state is None:
        return Unchanged({})
    draft = Draft(state, command, now)
    draft.catch_up()
    decision = draft.decided()
    return Unchanged({}) if isinstance(decision, Unchanged) else decision


def pause(draft: Draft) -> Decision:
    """Stops slots from coming until a resume; tasks that have started stay, and those done ahead of their slot."""
    refusal = draft.ready("active", "paused")
    if refusal is not None:
        return refusal
    if draft.state["status"] == "active":
        entries = draft.set_aside()
        draft.hold(entries, [made for made in entries if draft.is_closed(made)])
        draft.change("series.paused", status="paused")
    return draft.decided()


def resume(draft: Draft) -> Decision:
    """Goes on from now, without the slots missed meanwhile; the series ends at once when no slot is left.

    After completion the task that was awaited is awaited again, if it is open.
    """
    refusal = draft.ready("active", "paused")
    if refusal is not None:
        return refusal
    if draft.state["status"] == "paused":
        renew(draft)
        if draft.state["mode"] == "completion":
            draft.await_again()
        draft.change("series.resumed", status="active")
        draft.catch_up()
    return draft.decided()


def stop(draft: Draft) -> Decision:
    """Ends the series for good. With `keep` the task of the next slot stays, as one that nothing follows.

    A task that a person has opened during a pause stays in any case.
    """
    refusal = draft.ready("active", "paused", "stopped")
    if refusal is not None:
        return refusal
    state = draft.state
    if state["status"] != "stopped":
        entries, next_stays = series_state.unstarted(state), draft.command.body["keep"]
        kept = [
            made
            for made in entries
            if draft.has_started(made) or state["status"] == "paused" or (next_stays and made == state["awaited"])
        ]
        draft.withdraw([made for made in entries if made not in kept])
        draft.keep(kept)
        draft.change("series.stopped", status="stopped")
    return draft.decided()


def delete(draft: Draft) -> Decision:
    """Deletes a series for good, also one that is over, with its open tasks or without them."""
    state = draft.state
    if state["status"] != "deleted":
        entries = series_state.unstarted(state)
        if draft.command.body["occurrences"] == "delete":
            draft.withdraw(entries + state["open"])
            draft.state.update({"open": [], "awaited": None, "ahead": []})
        else:
            draft.keep(entries)
        draft.change("series.deleted", status="deleted", deleted_at=draft.now_text)
    return draft.decided()


# The commands whose If-Match lets later edits of other fields stand; with every other it names the current version.
MERGING = frozenset({"PatchSeries", "SplitSeries"})

# Every command of a series that exists. CreateSeries and Tick stand in `decide`: they also come before it exists.
COMMANDS: Mapping[str, Callable[[Draft], Decision]] = {
    "PatchSeries": patch,
    "SplitSeries": split,
    "SkipSlot": skip,
    "MoveSlot": move,
    "PauseSeries": pause,
    "ResumeSeries": resume,
    "StopSeries": stop,
    "DeleteSeries": delete,
    "Rezone": rezone,
    "RecountTimes": recount,
    "OccurrenceCreated": created,
    "OccurrenceTaken": taken_slot,
    "OccurrenceCompleted": completed,
    "OccurrenceDeleted": deleted,
    "OccurrenceOpened": opened,
}
