"""Taking a change set back: each entry by its inverse, the newest first, those of different things at once."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final

from pydantic import ValidationError

from actors.commands import body_hash, command_id_for_item
from actors.replies import Json
from actors.series.state import flat
from host.dapr.gateway import ActorBug, Unavailable
from host.store.read_model import change_set_queries, change_set_rows
from host.store.read_model.change_set_queries import ChangeRow, ChangeSetRow
from host.store.turns import commands
from web.act import Act, Done, Write
from web.api.change_sets.inverse import Conflict, Inverse, conflicts_of, inverse_of, left_series, net, once_a_turn
from web.api.change_sets.shown import result_json
from web.api.edge.consistency import MOST_WRITES, wait_for_writes
from web.api.series.sending import change_series, take_back_series
from web.api.tasks.sending import as_first_asked, change_task
from web.problems import ProblemError, not_found

log = logging.getLogger(__name__)

MOST_ENTRIES: Final = 5_000
MOST_KEPT: Final = 200
_AT_ONCE: Final = 16
_SECONDS: Final = 20.0  # entries not begun by then are not reached; the same request again goes on with them
_GONE: Final = frozenset({"task_not_found", "task_purged", "task_in_trash", "series_not_found", "series_over"})


@dataclass(slots=True)
class Result:
    """What became of one entry; `conflicts` are the fields that have changed since, `kept` the tasks that stay."""

    row: ChangeRow
    status: str
    detail: str = ""
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[Mapping[str, Any]] = field(default_factory=list)


async def revert(act: Act, change_set: str) -> Done:
    """Takes back what can be of a set, as a set of its own; the same act again goes on where the first one ended.

    Raises the 404 for a set that the caller does not have, the 409 for one that is too large, and the 422 for a key that
    came with another request.
    """
    await wait_for_writes(act)
    one = await found(act, change_set)
    act = replace(act, cause=replace(act.cause, change_set=act.command_id), if_match=None)
    rows = await _entries(act, one)
    await _begin(act, one)
    reverting = _Reverting(act, one.id, once_a_turn(rows))
    return await reverting.run()


async def found(act: Act, change_set: str) -> ChangeSetRow:
    """Returns the caller's set of that id; raises the 404."""
    async with act.db.connect() as connection:
        one = (await change_set_queries.find(connection, act.user_id, [change_set])).get(change_set)
    if one is None:
        raise not_found("change_set")
    return one


async def _entries(act: Act, one: ChangeSetRow) -> Sequence[ChangeRow]:
    """Returns the entries that were there when this was first asked: the set may still be in use."""
    async with act.db.connect() as connection:
        rows = await change_set_queries.changes_of(connection, act.user_id, one.id, limit=MOST_ENTRIES + 1)
    if len(rows) > MOST_ENTRIES:
        detail = f"It has more than {MOST_ENTRIES:,} entries: undo single ones in the activity."
        raise ProblemError(409, "change_set_too_large", detail)
    asked = body_hash("RevertChangeSet", {"change_set": one.id})
    kept = await as_first_asked(act, asked, {"until": max((row.position for row in rows), default=0)})
    return [row for row in rows if row.position <= kept["until"]]


async def _begin(act: Act, one: ChangeSetRow) -> None:
    async with act.db.raw() as connection:
        await change_set_rows.begin_revert(
            connection,
            act.user_id,
            act.command_id,
            one.id,
            kind=act.cause.kind,
            actor=(act.caller.kind, act.caller.id),
            now=act.now(),
        )


class _Reverting:
    """One revert: `now` are the tasks and series as they are, and then as the replies show them."""

    def __init__(self, act: Act, change_set: str, rows: Sequence[ChangeRow]) -> None:
        self._act = act
        self._change_set = change_set
        self._rows = rows
        self._left = left_series(rows)
        self._now: dict[str, Mapping[str, Any]] = {}
        self._others: Mapping[str, list[Mapping[str, Any]]] = {}
        self._deleted_at: dict[tuple[str, str], str] = {}  # (task, when it was deleted) → when its deletion came back
        self._writes: list[Write] = []
        self._give_up_at = asyncio.get_running_loop().time() + _SECONDS

    async def run(self) -> Done:
        await self._read()
        free = asyncio.Semaphore(_AT_ONCE)
        results = await asyncio.gather(*(self._family(free, rows) for rows in _families(self._rows)))
        ordered = sorted((one for family in results for one in family), key=lambda one: -one.row.position)
        act = self._act
        value = result_json(self._change_set, act.command_id, ordered)
        return Done(value, self._writes[-MOST_WRITES:])

    async def _read(self) -> None:
        """Reads what is there of all that the entries are about, and what others have made of it since."""
        act, made = self._act, {row.actor_id: row.position for row in self._rows if row.type == "task.created"}
        ids = [row.actor_id for row in self._rows if row.type == "series.created"]
        async with act.db.connect() as connection:
            own = [self._change_set, act.command_id]
            self._others = await change_set_queries.changed_by_others(connection, act.user_id, made, own)
            self._now = dict(await change_set_queries.bodies(connection, act.user_id, ids))

    async def _family(self, free: asyncio.Semaphore, rows: Sequence[ChangeRow]) -> list[Result]:
        """Takes back the entries of one thing, one after the other."""
        async with free:
            return [await self._one(row) for row in rows]

    async def _one(self, row: ChangeRow) -> Result:
        if asyncio.get_running_loop().time() > self._give_up_at:
            return Result(row, "unreached", "There was no time left; send the same request again to go on.")
        try:
            return await self._take_back(row, inverse_of(row, self._left))
        except ProblemError as problem:
            return Result(row, "gone" if problem.code in _GONE else "not_undoable", problem.detail)
        except ValidationError:
            return Result(row, "not_undoable", f"An entry of the type {row.type} cannot be undone.")
        except Unavailable:
            return Result(row, "unreached", "It could not be reached; send the same request again to go on.")
        except ActorBug as bug:
            log.warning("an actor has a bug", extra={"actor": row.actor_id, "fingerprint": bug.fingerprint})
            return Result(row, "unreached", "Something went wrong on the server; its log has the details.")

    async def _take_back(self, row: ChangeRow, inverse: Inverse) -> Result:
        if inverse.way == "no":
            return Result(row, "not_undoable", inverse.why)
        if inverse.way == "delete_task":
            return await self._delete_task(row)
        if inverse.way == "delete_series":
            return await self._delete_series(row)
        return await self._undo(row, inverse)

    async def _undo(self, row: ChangeRow, inverse: Inverse) -> Result:
        """Undoes what the entry changed; of fields that have changed since it undoes the others alone."""
        body = self._as_written(row, inverse.body or {})
        try:
            await self._send(row, inverse.command, body, str(row.position))
        except ProblemError as problem:
            theirs = {one["field"]: one["theirs"] for one in problem.extra.get("conflicts", ())}
            if problem.code != "undo_conflict" or not theirs:
                raise
            conflicts = conflicts_of(body["changed"], theirs)
            left = {name: change for name, change in body["changed"].items() if name not in theirs}
            if left:
                await self._send(row, inverse.command, {**body, "changed": left}, f"{row.position}/rest")
            return Result(row, "changed_since" if conflicts else "reverted", conflicts=conflicts)
        return Result(row, "reverted")

    def _as_written(self, row: ChangeRow, body: Json) -> Json:
        """Returns the body with the deletion that an undo of a later entry has made, instead of the one that it undid."""
        change = body.get("changed", {}).get("deleted_at")
        if change is None or (row.actor_id, change["new"]) not in self._deleted_at:
            return body
        at = self._deleted_at[row.actor_id, change["new"]]
        return {**body, "changed": {**body["changed"], "deleted_at": {**change, "new": at}}}

    async def _send(self, row: ChangeRow, command: str, body: Json, place: str) -> None:
        act = self._item(place)
        done = await (change_series if row.is_series else change_task)(act, row.actor_id, command, body)
        self._writes += done.writes
        if not row.is_series and (change := row.changed.get("deleted_at")) and change["old"] is not None:
            self._deleted_at[row.actor_id, change["old"]] = done.value["deleted_at"]

    async def _delete_task(self, row: ChangeRow) -> Result:
        """Moves a task that the set made to the trash, unless others have changed it since."""
        others = net(self._others.get(row.actor_id, ()))
        if any(one["field"] == "deleted_at" for one in others):
            return Result(row, "gone", "The task is in the trash already.")
        if others:
            return Result(row, "changed_since", conflicts=others)
        done = await change_task(self._item(str(row.position)), row.actor_id, "DeleteTask")
        self._writes += done.writes
        return Result(row, "reverted")

    async def _delete_series(self, row: ChangeRow) -> Result:
        """Deletes a series that the set made, with what nobody has written into; names what stays."""
        item = self._item(str(row.position))
        others = self._edited_by_others(row)
        if others:
            return Result(row, "changed_since", conflicts=others)
        if self._now.get(row.actor_id, {}).get("status") == "deleted" and not await _is_known(item):
            return Result(row, "gone", "The series is deleted already.")
        done, stays = await take_back_series(item, row.actor_id, MOST_KEPT)
        self._writes += done.writes
        return Result(row, "kept" if stays else "reverted", kept=list(stays))

    def _edited_by_others(self, row: ChangeRow) -> list[Conflict]:
        """Returns what of a series that the set made is neither as it was made nor as the set has changed it."""
        if row.series is None or row.actor_id not in self._now:
            return []
        expected = [flat(row.series)]  # type: ignore[arg-type]  # a series as an event has it
        own = [one.changed for one in reversed(self._rows) if one.actor_id == row.actor_id]
        expected += [{name: change["new"] for name, change in changed.items()} for changed in own]
        now = flat(self._now[row.actor_id])  # type: ignore[arg-type]  # as the read model has it
        return [
            {"field": name, "set": [values[name] for values in expected if name in values][-1], "now": value}
            for name, value in now.items()
            if all(values[name] != value for values in expected if name in values)
        ]

    def _item(self, place: str) -> Act:
        """Returns the act of one command: the same revert and place have the same command id."""
        return replace(self._act, command_id=command_id_for_item(self._act.command_id, place))


async def _is_known(act: Act) -> bool:
    """Returns whether the command of this act was applied before."""
    async with act.db.connect() as connection:
        return await commands.is_known(connection, act.command_id)


def _families(rows: Sequence[ChangeRow]) -> list[list[ChangeRow]]:
    """Returns the entries of each series with its tasks, and of each other task, the newest first."""

    def name(row: ChangeRow) -> str:
        return row.of_series or row.actor_id

    return [list(family) for _, family in groupby(sorted(rows, key=name), key=name)]
