"""What a series has in hand: the slots that it awaits, has made, skips, moves and remembers. Pure.

An agenda is a frozen value: its functions return the next one, and a turn replaces it. `read` and `stored` are its form
in the doc.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self, cast

from actors.replies import Json
from actors.series.state import MAX_LAST, MAX_OPEN, MAX_SHELF, BacklogEntry, Last, Shelved
from actors.shapes import DueShape, MadeSlot


@dataclass(frozen=True, slots=True)
class Agenda:
    """See `actors.shapes.Series` and `SeriesState` for the fields; `lost_skips` and `lost_moves` are `Lost`."""

    awaited: MadeSlot | None = None
    ahead: tuple[MadeSlot, ...] = ()
    open: tuple[MadeSlot, ...] = ()
    skipped: tuple[str, ...] = ()
    moved: Mapping[str, DueShape] = field(default_factory=dict[str, DueShape])
    passed: str | None = None
    passed_number: int = 0
    started_day: str | None = None
    closed: tuple[str, ...] = ()
    trashed: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    unreported: tuple[MadeSlot, ...] = ()
    backlog: tuple[BacklogEntry, ...] = ()
    shelf: tuple[Shelved, ...] = ()
    lost_skips: tuple[str, ...] = ()
    lost_moves: Mapping[str, DueShape] = field(default_factory=dict[str, DueShape])
    incarnations: Mapping[str, int] = field(default_factory=dict[str, int])
    last: Last | None = None
    last_done: str | None = None

    # Questions.

    @property
    def unstarted(self) -> tuple[MadeSlot, ...]:
        """The made slots whose time has not come, in order: the awaited one first, if one is awaited."""
        return self.ahead if self.awaited is None else (self.awaited, *self.ahead)

    @property
    def held(self) -> tuple[MadeSlot, ...]:
        """The slots that are to be taken up as soon as a turn has room."""
        return tuple(entry["made"] for entry in self.shelf if entry["state"] == "held")

    @property
    def kept(self) -> list[str]:
        """The ids of open tasks that stay as single ones."""
        return [entry["made"]["task_id"] for entry in self.shelf if entry["state"] == "kept"]

    def made(self, task_id: str) -> MadeSlot | None:
        """Returns the made slot whose task this is, started or not; None for one on the shelf."""
        return _of(self.unstarted + self.open, task_id)

    def shelved(self, task_id: str) -> Shelved | None:
        """Returns the entry of the shelf with that task."""
        return next((entry for entry in self.shelf if entry["made"]["task_id"] == task_id), None)

    def is_closed(self, made: MadeSlot) -> bool:
        """Returns whether a person has completed or trashed its task before the slot started."""
        return made["task_id"] in self.closed

    def is_written(self, made: MadeSlot) -> bool:
        """Returns whether a person is known to have written into its task."""
        return made["task_id"] in self.written

    def is_last(self, made: MadeSlot) -> bool:
        """Returns whether it is the last slot that started or was done; a doc from before this was kept names its day."""
        if self.last is not None:
            return self.last["made"]["task_id"] == made["task_id"]
        return made["slot"][:10] == self.started_day

    def lasting(self, made: MadeSlot) -> Last:
        """Returns `last` for a slot that is the last one from now on, with those that were it before."""
        before = self.last and _cut(self.last, MAX_LAST - 1)
        last: Last = {"made": made} if before is None else {"made": made, "before": before}
        return last if self.last_done is None else {**last, "done_before": self.last_done}

    # The next agenda.

    def without(self, entries: Iterable[MadeSlot]) -> Self:
        """Takes made slots out of the lists and off the shelf."""
        ids = {made["task_id"] for made in entries}
        awaited = self.awaited
        return replace(
            self,
            awaited=None if awaited is not None and awaited["task_id"] in ids else awaited,
            ahead=_without(self.ahead, ids),
            open=_without(self.open, ids),
            closed=tuple(task_id for task_id in self.closed if task_id not in ids),
            trashed=tuple(task_id for task_id in self.trashed if task_id not in ids),
            shelf=tuple(entry for entry in self.shelf if entry["made"]["task_id"] not in ids),
        )

    def replacing(self, old_id: str, anew: MadeSlot) -> Self:
        """Puts the slot in the place of the one whose task had the id `old_id`; what waits for that task goes."""
        awaited = self.awaited
        return replace(
            self,
            awaited=anew if awaited is not None and awaited["task_id"] == old_id else awaited,
            ahead=_replaced(self.ahead, old_id, anew),
            open=_replaced(self.open, old_id, anew),
            unreported=_replaced(self.unreported, old_id, anew),
        )

    def opening(self, *entries: MadeSlot) -> Self:
        """Adds started slots to the open ones, in order; only the newest stay in mind."""
        opened = sorted({made["task_id"]: made for made in (*self.open, *entries)}.values(), key=by_start)
        return replace(self, open=tuple(opened[-MAX_OPEN:]))

    def closing(self, task_id: str, *, in_trash: bool) -> Self:
        """Notes a task as closed before its slot has started."""
        closed = self.closed if task_id in self.closed else (*self.closed, task_id)
        trashed = {other for other in self.trashed if other in closed and other != task_id}
        return replace(self, closed=closed, trashed=tuple(sorted(trashed | {task_id} if in_trash else trashed)))

    def reopening(self, task_id: str) -> Self:
        """Forgets that a task was closed before its slot has started."""
        return replace(self, closed=tuple(other for other in self.closed if other != task_id))

    def writing(self, task_id: str) -> Self:
        """Notes that a person has written into the task."""
        return self if task_id in self.written else replace(self, written=(*self.written, task_id))

    def shelving(self, entries: Iterable[Shelved]) -> Self:
        """Puts slots on the shelf; where there are too many, the oldest go that are not open."""
        anew = {entry["made"]["task_id"]: entry for entry in entries}
        shelf = [*(entry for entry in self.shelf if entry["made"]["task_id"] not in anew), *anew.values()]
        surplus = max(0, len(shelf) - MAX_SHELF)
        gone = [entry for entry in shelf if entry["state"] not in _OPEN][:surplus]
        shelf = [entry for entry in shelf if entry not in gone] if gone else shelf
        return replace(self, shelf=tuple(shelf[-(MAX_SHELF + MAX_OPEN) :]))

    def pruned(self, before: str) -> Self:
        """Forgets the slots on the shelf of before that instant whose tasks are not open: nothing brings them back."""
        shelf = tuple(entry for entry in self.shelf if entry["state"] in _OPEN or entry["made"]["at"] >= before)
        return self if len(shelf) == len(self.shelf) else replace(self, shelf=shelf)

    def withdrawing(self, entries: Iterable[MadeSlot], *, asked: bool = False) -> Self:
        """Has the tasks of slots taken back; the caller takes the slots out of the lists.

        One whose restore still waits to be told is in the trash: it only stays there.
        """
        gone = {made["task_id"]: made for made in entries}
        mark: Json = {"asked": True} if asked else {}
        in_trash = {entry["made"]["task_id"] for entry in self.backlog if entry.get("restored") and not asked}
        withdrawals = [
            cast("BacklogEntry", {"made": made, "fields": None, **mark})
            for task_id, made in gone.items()
            if task_id not in in_trash
        ]
        kept = [entry for entry in self.backlog if entry["made"]["task_id"] not in gone or "taken_from" in entry]
        return replace(
            self,
            backlog=(*kept, *withdrawals),
            unreported=_without(self.unreported, gone),
            closed=tuple(task_id for task_id in self.closed if task_id not in gone),
        )

    def telling(self, made: MadeSlot, fields: Iterable[str] = (), **how: Any) -> Self:
        """Has the task of a slot told something; see `BacklogEntry`. It adds to what waits to be told to it last."""
        backlog = list(self.backlog)
        places = [place for place, entry in enumerate(backlog) if entry["made"]["task_id"] == made["task_id"]]
        earlier: Json = {**backlog.pop(places[-1])} if places else {"fields": []}
        if earlier["fields"] is None and not how.get("restored"):
            entry = {**earlier, "made": made}  # it goes
        else:
            if earlier["fields"] is None:
                how.pop("restored", None)  # it has not gone
            earlier.pop("asked", None)
            entry = {**earlier, "made": made, "fields": sorted({*fields, *(earlier["fields"] or ())}), **how}
        backlog.insert(places[-1] if places else len(backlog), cast("BacklogEntry", entry))
        return replace(self, backlog=tuple(backlog))

    # The form in the doc.

    @classmethod
    def read(cls, state: Mapping[str, Any]) -> Self:
        """Reads the agenda of a series' state, also of one that an early release wrote.

        That one held, while the series was paused, open or closed tasks in `ahead`.
        """
        members: Json = {name: tuple(state.get(name, ())) for name in _LISTS}
        members |= {name: state.get(name) for name in _PLAIN}
        agenda = cls(
            **members,
            moved=state["moved"],
            incarnations=state.get("incarnations", {}),
            lost_skips=tuple(state.get("lost", {}).get("skipped", ())),
            lost_moves=state.get("lost", {}).get("moved", {}),
        )
        if state["status"] == "active" or not agenda.ahead:
            return agenda if agenda.awaited is not None or state["status"] != "active" else agenda._holding()
        return agenda._shelving_ahead(state["mode"])

    def _holding(self) -> Self:
        """Reads what an early release left to a later turn: slots that a new generation was still to take up."""
        shelf: list[Shelved] = [{"made": made, "state": "held"} for made in self.ahead]
        return replace(self, ahead=()).shelving(shelf)

    def _shelving_ahead(self, mode: str) -> Self:
        shelf: list[Shelved] = []
        for made in self.ahead:
            entry: Shelved = {"made": made, "state": "closed" if self.is_closed(made) else "kept"}
            if made["task_id"] in self.trashed and self.is_closed(made):
                entry["trashed"] = True
            if mode == "completion":
                entry["counted"] = True
            shelf.append(entry)
        return replace(self.without(self.ahead), trashed=()).shelving(shelf)

    def stored(self) -> Json:
        """Returns the members of a series' state that make the agenda; private ones that are empty are absent."""
        always: Json = {
            "awaited": self.awaited,
            **{name: list(getattr(self, name)) for name in _ALWAYS},
            "moved": dict(self.moved),
            "passed": self.passed,
            "passed_number": self.passed_number,
            "started_day": self.started_day,
        }
        known = {made["task_id"] for made in self.unstarted + self.open}
        known |= {entry["made"]["task_id"] for entry in self.shelf}
        lost = {"skipped": list(self.lost_skips), "moved": dict(self.lost_moves)}
        seldom: Json = {
            "kept": self.kept,
            "trashed": list(self.trashed),
            "written": [task_id for task_id in self.written if task_id in known],
            "shelf": list(self.shelf),
            "incarnations": dict(self.incarnations),
            "lost": lost if any(lost.values()) else {},
            "last": self.last,
            "last_done": self.last_done,
        }
        return {**always, **{name: value for name, value in seldom.items() if value}}


_OPEN: Final = frozenset({"held", "kept"})  # the states of entries of the shelf whose tasks are open
_ALWAYS: Final = ("ahead", "open", "skipped", "closed", "unreported", "backlog")
_LISTS: Final = (*_ALWAYS, "trashed", "written", "shelf")
_PLAIN: Final = ("awaited", "passed", "passed_number", "started_day", "last", "last_done")
# Every member of a series' state that belongs to the agenda.
MEMBERS: Final = frozenset({*_LISTS, *_PLAIN, "moved", "incarnations", "lost", "kept"})


def by_start(made: MadeSlot) -> tuple[str, str]:
    """Returns what puts made slots in order; instants are texts of one length."""
    return made["at"], made["slot"]


def _cut(last: Last, most: int) -> Last | None:
    """Returns the last slot with at most so many together with it."""
    if most < 1:
        return None
    before = _cut(last["before"], most - 1) if "before" in last else None
    cut = cast("Last", {name: value for name, value in last.items() if name != "before"})
    return cut if before is None else {**cut, "before": before}


def _of(entries: Iterable[MadeSlot], task_id: str) -> MadeSlot | None:
    return next((made for made in entries if made["task_id"] == task_id), None)


def _without(entries: Sequence[MadeSlot], ids: Iterable[str]) -> tuple[MadeSlot, ...]:
    gone = frozenset(ids)
    return tuple(made for made in entries if made["task_id"] not in gone)


def _replaced(entries: Sequence[MadeSlot], old_id: str, anew: MadeSlot) -> tuple[MadeSlot, ...]:
    return tuple(anew if made["task_id"] == old_id else made for made in entries)
