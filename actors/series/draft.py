"""The next version of a series while a turn makes it: which slots start, which tasks are made, which facts it records."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final, cast

import orjson

from actors.clock import instant_text, parse_instant
from actors.commands import Command
from actors.events import Changes, Fact, cloud_events
from actors.offsets import default_spec, lead_of
from actors.replies import Accepted, Json, Outage, Refused, Unchanged
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.refusals import OVER, PAUSED
from actors.series.slots import Numbered
from actors.series.state import BacklogEntry, SeriesState
from actors.shapes import MadeSlot

MAX_FACTS: Final = 40  # of one turn; what is left is due again at once
MAX_FACT_BYTES: Final = 64 * 1024  # of templates in the events of a turn; one always goes, however long

OWN_DOING: Final = frozenset({"reminder", "system"})  # kinds of principals whose commands leave `updated_at` as it is


class Draft:
    """The next version of a series in the making; `decided` and `accepted` make a decision of it.

    Members of `state` are replaced and never changed in place, so that `before` stays as it was.
    """

    def __init__(self, state: SeriesState, command: Command, now: datetime) -> None:
        self.before = state
        self.state: SeriesState = {**state}
        if "reminder_offset_minutes" in command.defaults:
            default = default_spec(command.defaults)
            self.state["default_offset"] = 0 if default is None else int(lead_of(default).total_seconds()) // 60
        self.command = command
        self.now = now
        self.now_text = instant_text(now)
        self.recurrence = series_slots.recurrence_of(state)
        self.since = self._due_since()  # since when the tasks that are made ought to have been there
        self.facts: list[Fact] = []
        self._fact_bytes = 0

    # Facts.

    def record(self, what: str, changed: Changes | None = None, /, **data: Any) -> None:
        """Records the fact `what`, as "series.updated", with the data of its event."""
        if changed or data:
            self._fact_bytes += len(orjson.dumps([changed, data]))
        self.facts.append(Fact(what, changed or {}, data))

    def record_slot(self, what: str, made: MadeSlot, /, **data: Any) -> None:
        """Records the fact `recurrence.<what>` about a slot."""
        slot = {"generation": made["generation"], "slot": made["slot"], "number": made["number"], "at": made["at"]}
        self.facts.append(Fact(f"recurrence.{what}", {}, {"slot": slot, "task_id": made["task_id"], **data}))

    def change(self, what: str, **values: Any) -> None:
        """Sets fields, and records the fact `what` with their old and new values."""
        before: Mapping[str, Any] = self.state
        changed: Changes = {name: {"old": before[name], "new": value} for name, value in values.items()}
        self.state.update(cast("SeriesState", values))
        self.record(what, changed)

    def has_room(self, size: int = 0) -> bool:
        """Returns whether the turn may make one more event, with `size` bytes of a template in it."""
        return len(self.facts) < MAX_FACTS and (not self._fact_bytes or self._fact_bytes + size <= MAX_FACT_BYTES)

    # Slots that come.

    def ready(self, *statuses: str) -> Refused | None:
        """Catches up, so that the command loses no missed slot; returns a refusal unless the status is one of `statuses`.

        Raises Outage while so many slots were missed that catching up takes more turns.
        """
        self.catch_up()
        if self.is_behind:
            raise Outage("the series is catching up with slots that it missed")
        self.since = self.now_text
        status = self.state["status"]
        if status in statuses:
            return None
        return PAUSED if status == "paused" else OVER

    def _due_since(self) -> str:
        """Returns since when something has been due that nobody has done yet; now, when nothing is."""
        due = self.before.get("behind_since") or series_slots.next_due(self.before, self.recurrence, self.now_text)
        return min(due or self.now_text, self.now_text)

    def catch_up(self) -> None:
        """Starts the slots that are due and makes tasks ahead of their time, as far as one turn may go."""
        self._await_next()
        while (due := self._due()) is not None:
            self.start(due)
            self._await_next()
        self._look_ahead()

    def _due(self) -> MadeSlot | None:
        """Returns the awaited slot if it starts by itself now. After completion none does."""
        awaited = self.state["awaited"]
        starts = awaited is not None and self.state["mode"] == "schedule" and awaited["at"] <= self.now_text
        return awaited if starts else None

    @property
    def is_behind(self) -> bool:
        """Whether one turn was not enough for all slots that were missed."""
        return self.state["status"] == "active" and (self.state["awaited"] is None or self._due() is not None)

    def start(self, made: MadeSlot) -> None:
        """Starts a slot: its task, unless it is closed, becomes one of the open ones."""
        state = self.state
        open_slots = state["open"]
        if state["pile_up"] == "newest":
            self.withdraw(open_slots)
            open_slots = []
        if not self.is_closed(made):
            open_slots = [*open_slots, made][-series_state.MAX_OPEN :]
        closed = [task_id for task_id in state["closed"] if task_id != made["task_id"]]
        self.state.update({"open": open_slots, "closed": closed, "started_day": made["slot"][:10]})
        self.leave(made)

    def leave(self, made: MadeSlot) -> None:
        """Passes the awaited slot; the next one is awaited if it is made already."""
        ahead = self.state["ahead"]
        self.state.update(
            {
                "awaited": ahead[0] if ahead else None,
                "ahead": ahead[1:],
                "passed": made["slot"],
                "passed_number": made["number"],
                "moved": {slot: due for slot, due in self.state["moved"].items() if slot > made["slot"]},
            }
        )

    def count_done(self, made: MadeSlot, when: str) -> None:
        """Passes a slot whose task was completed at `when`, from where the next is counted (after completion)."""
        closed = [task_id for task_id in self.state["closed"] if task_id != made["task_id"]]
        self.state.update({"closed": closed, "started_day": made["slot"][:10], "last_done": when})
        self.leave(made)

    def await_slot(self, numbered: Numbered | None) -> None:
        """Makes the task of the next slot and awaits it; without one the series ends."""
        if numbered is None:
            self.change("series.ended", status="ended")
        else:
            self.state["awaited"] = self._make(numbered)

    def await_again(self) -> None:
        """Awaits the last slot that started once more, if its task is still open."""
        state = self.state
        last = next((made for made in state["open"] if made["slot"][:10] == state["started_day"]), None)
        if last is not None:
            number = last["number"] or state["passed_number"]
            self.state.update(
                {
                    "awaited": {**last, "number": number},
                    "open": [made for made in state["open"] if made is not last],
                }
            )
            self.hold(state["ahead"], [])

    def _await_next(self) -> None:
        if not self._may_await():
            return
        if self.state["ahead"]:
            self._take_up() if self.state["mode"] == "schedule" else self._take_up_next()
            if self.state["ahead"] or not self._may_await():
                return
        state = self.state
        passed, number = state["passed"], state["passed_number"]
        if passed is None or state["mode"] == "completion":
            since = parse_instant(self.since)
            self.await_slot(series_slots.first_numbered(state, self.recurrence, since, number))
        else:
            self.await_slot(series_slots.next_missed(state, self.recurrence, passed, number, self.now))

    def _may_await(self) -> bool:
        awaits_none = self.state["status"] == "active" and self.state["awaited"] is None
        return awaits_none and self.has_room(self._task_bytes())

    def _take_up(self) -> None:
        """Begins a generation: held tasks stay with its slots of their names, and the tasks between them are made.

        Tasks that the turn has no room for are held until the next one.
        """
        held = {made["slot"]: made for made in self.set_aside()}
        taken: list[MadeSlot] = []
        for numbered in islice(self._upcoming(), series_state.MAX_AHEAD + 1):
            if not held or numbered.slot.nominal > max(held):
                break
            made = held.pop(numbered.slot.nominal, None)
            if made is not None:
                taken.append(self._anew(made, numbered))
            elif self.has_room(self._task_bytes()):
                taken.append(self._make(numbered))
            else:
                self.state["ahead"] = [*taken, *held.values()]
                return
        self.withdraw(list(held.values()))
        self.state.update({"awaited": taken[0] if taken else None, "ahead": taken[1:]})

    def _take_up_next(self) -> None:
        """Awaits a held slot as the next one (after completion); one that was done ahead of its time counts as done now."""
        held = {made["slot"]: made for made in self.set_aside()}
        numbered = next(self._upcoming(), None)
        while numbered is not None and (made := held.get(numbered.slot.nominal)) is not None and self.is_closed(made):
            done = self._anew(held.pop(made["slot"]), numbered)
            self.count_done(done, self.now_text)
            numbered = series_slots.slot_after_completion(self.state, self.recurrence, done, self.now)
        next_made = None if numbered is None else held.pop(numbered.slot.nominal, None)
        self.withdraw(list(held.values()))
        if numbered is None or next_made is None:
            self.await_slot(numbered)
        else:
            self.state["awaited"] = self._anew(next_made, numbered)

    def _upcoming(self) -> Iterator[Numbered]:
        """Yields the slots of this generation that have not passed; after completion the first one."""
        state, number = self.state, self.state["passed_number"]
        if state["passed"] is None:
            return series_slots.from_first(state, self.recurrence, parse_instant(self.since), number)
        return series_slots.numbered_after(state, self.recurrence, state["passed"], number)

    def _anew(self, made: MadeSlot, numbered: Numbered) -> MadeSlot:
        """Returns a made slot as this generation has it; its task stays the same."""
        anew = series_slots.made_slot(self.state, self.recurrence, numbered)
        return {**anew, "generation": made["generation"], "task_id": made["task_id"]}

    def _look_ahead(self) -> None:
        while self.has_room(self._task_bytes()) and len(self.state["ahead"]) < series_state.MAX_AHEAD:
            numbered = series_slots.first_unmade(self.state, self.recurrence)
            if numbered is None:
                return
            if series_slots.to_be_made(self.state, self.recurrence, numbered, self.now_text) > self.now_text:
                return
            self.state["ahead"] = [*self.state["ahead"], self._make(numbered)]

    def _make(self, numbered: Numbered) -> MadeSlot:
        """Makes the task of a slot: records the fact from which the task comes."""
        state = self.state
        made = series_slots.made_slot(state, self.recurrence, numbered)
        self._fact_bytes += self._task_bytes()
        self.record_slot("triggered", made, task=series_slots.task_body(state, self.recurrence, made, self.since))
        self.state["unreported"] = [*state["unreported"], made][-series_state.MAX_OPEN :]
        return made

    def _task_bytes(self) -> int:
        return series_state.template_bytes(self.state["template"])

    # Slots that do not come.

    def keep(self, entries: list[MadeSlot]) -> None:
        """Leaves the tasks of slots ahead as open ones, in a series that awaits no more."""
        kept = [made for made in entries if not self.is_closed(made)]
        self.state.update(
            {
                "open": [*self.state["open"], *kept][-series_state.MAX_OPEN :],
                "awaited": None,
                "ahead": [],
                "closed": [],
            }
        )

    def set_aside(self) -> list[MadeSlot]:
        """Awaits nothing any more; returns the made slots that have not started.

        One that has started stays open; after completion the awaited slot may have.
        """
        entries = series_state.unstarted(self.state)
        self.state.update({"awaited": None, "ahead": []})
        for made in entries:
            if self.has_started(made):
                self.start(made)
        return [made for made in entries if not self.has_started(made)]

    def hold(self, entries: list[MadeSlot], staying: list[MadeSlot]) -> None:
        """Holds those of the slots set aside that are `staying`, until it is known whether they come; withdraws the others."""
        self.withdraw([made for made in entries if made not in staying])
        self.state["ahead"] = staying

    def is_closed(self, made: MadeSlot) -> bool:
        """Returns whether a person has completed or trashed its task before the slot started."""
        return made["task_id"] in self.state["closed"]

    def has_started(self, made: MadeSlot) -> bool:
        """Returns whether the instant of the slot has come."""
        return made["at"] <= self.now_text

    # The backlog: changes for tasks that are made. They wait in the state when a turn has no room for all.

    def withdraw(self, entries: list[MadeSlot]) -> None:
        """Takes the tasks of slots back; the caller takes the slots out of `awaited`, `ahead` and `open`."""
        gone = {made["task_id"] for made in entries}
        state = self.state
        kept = [entry for entry in state["backlog"] if entry["made"]["task_id"] not in gone]
        withdrawals: list[BacklogEntry] = [{"made": made, "fields": None} for made in entries]
        self.state.update(
            {
                "backlog": kept + withdrawals,
                "unreported": [made for made in state["unreported"] if made["task_id"] not in gone],
                "closed": [task_id for task_id in state["closed"] if task_id not in gone],
            }
        )

    def retemplate(self, names: set[str]) -> None:
        """Has the tasks that are made take these fields of the template, as it is when the fact is recorded."""
        waiting = {entry["made"]["task_id"]: entry for entry in self.state["backlog"]}
        for made in series_state.unstarted(self.state) + self.state["open"]:
            earlier = waiting.get(made["task_id"])
            fields = names.union((earlier and earlier["fields"]) or ())
            waiting[made["task_id"]] = {"made": made, "fields": sorted(fields)}
        self.state["backlog"] = list(waiting.values())

    def _record_backlog(self) -> None:
        backlog, template = self.state["backlog"], dict[str, Any](self.state["template"])
        recorded = 0
        for entry in backlog:
            fields = {name: template[name] for name in entry["fields"] or ()}
            size = len(orjson.dumps(fields)) if fields else 0
            if not self.has_room(size):
                break
            recorded += 1
            self._fact_bytes += size
            if entry["fields"] is None:
                self.record_slot("withdrawn", entry["made"])
            else:
                self.record_slot("retemplated", entry["made"], fields=fields)
        if recorded:
            self.state["backlog"] = backlog[recorded:]

    # The decision.

    def decided(self) -> Accepted | Unchanged:
        """Returns the decision: the next version, or Unchanged when nothing but the heard default differs."""
        self._record_backlog()
        if not self.facts and self._is_as_before():
            return Unchanged(self.reply())
        if self.command.principal.kind not in OWN_DOING:
            self.state["updated_at"] = self.now_text
        if not self.facts:
            self.record("series.updated", self._slots_changed())
        self.state["version"] = self.before["version"] + 1
        return self.accepted()

    def _is_as_before(self) -> bool:
        """Returns whether nothing has changed that makes a version: another default reminder does not by itself."""
        before: SeriesState = {**self.before}
        if "default_offset" in self.state:
            before["default_offset"] = self.state["default_offset"]
        return self.state == before

    def reply(self) -> Json:
        """Returns the series as the caller gets it."""
        return series_state.series_json(self.state)

    def accepted(self) -> Accepted:
        """Returns the version with its events; the first of them has the whole series."""
        wake = self._wake()
        self._note_behind(wake)
        series = self.reply()
        series_id = series["id"]
        complete = [
            Fact(
                fact.type, fact.changed, {"series_id": series_id, **({} if number else {"series": series}), **fact.data}
            )
            for number, fact in enumerate(self.facts)
        ]
        events = cloud_events("SeriesActor", self.state, complete, self.command, self.now_text)
        return Accepted(self.state, events, wake, series)

    def _note_behind(self, wake: str | None) -> None:
        """Notes for the next turn, which goes on with what this one left, since when its tasks ought to have been there."""
        if wake is not None and wake <= self.now_text:
            self.state["behind_since"] = self.since
        else:
            self.state.pop("behind_since", None)

    def _slots_changed(self) -> Changes:
        """Returns the change of the open and awaited slots, by their names, for a version that has no other fact."""
        old, new = ([made["slot"] for made in state["open"]] for state in (self.before, self.state))
        changed: Changes = {} if old == new else {"open": {"old": old, "new": new}}
        old, new = ([made["slot"] for made in series_state.unstarted(state)[:1]] for state in (self.before, self.state))
        return changed if old == new else {**changed, "awaited": {"old": old, "new": new}}

    def _wake(self) -> str | None:
        """Returns when the next slot starts, or one has to be made before; now when something is left to do."""
        state = self.state
        if state["backlog"] or (state["status"] == "active" and state["awaited"] is None):
            return self.now_text
        return series_slots.next_due(state, self.recurrence, self.now_text)
