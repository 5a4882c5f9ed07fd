"""What a command does to a series: one pure function a command, all named in the table COMMANDS."""

from collections.abc import Callable, Mapping
from datetime import datetime

from actors.commands import TICK, Command
from actors.replies import Decision, UnknownNameError, unseen
from actors.series.edit import patch, recount, remove_tag, rename_tag, rezone
from actors.series.incarnations import taken_slot
from actors.series.life import create, delete, pause, resume, stop, tick
from actors.series.refusals import NOT_FOUND
from actors.series.reports import completed, created, deleted, opened, written
from actors.series.single import move, skip, unskip
from actors.series.split import split
from actors.series.state import SeriesState
from actors.series.step import Step
from actors.series.undo import undo


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
    return act(Step.begun(state, command, now))


# The commands whose If-Match lets later edits of other fields stand; with every other it names the current version.
MERGING = frozenset({"PatchSeries", "SplitSeries", "UndoSeries", "RenameTag", "RemoveTag"})

# Every command of a series that exists. CreateSeries and Tick stand in `decide`: they also come before it exists.
COMMANDS: Mapping[str, Callable[[Step], Decision]] = {
    "PatchSeries": patch,
    "SplitSeries": split,
    "UndoSeries": undo,
    "SkipSlot": skip,
    "UnskipSlot": unskip,
    "MoveSlot": move,
    "PauseSeries": pause,
    "ResumeSeries": resume,
    "StopSeries": stop,
    "DeleteSeries": delete,
    "Rezone": rezone,
    "RecountTimes": recount,
    "RenameTag": rename_tag,
    "RemoveTag": remove_tag,
    "OccurrenceCreated": created,
    "OccurrenceTaken": taken_slot,
    "OccurrenceCompleted": completed,
    "OccurrenceDeleted": deleted,
    "OccurrenceOpened": opened,
    "OccurrenceWritten": written,
}
