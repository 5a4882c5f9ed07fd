"""The next version of a series while a turn makes it: which slots start, which tasks are made, what is told of it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from actors.clock import instant_text, parse_instant
from actors.commands import Command
from actors.events import Fact, cloud_events
from actors.replies import Accepted, Json, Outage, Refused, Unchanged
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.refusals import OVER, PAUSED
from actors.series.slots import Numbered

MAX_FACTS = 40  # a turn; what is left is due again at once
MAX_TOLD_BYTES = 64 * 1024  # of templates in the events of a turn, beside the series in the first one; one always goes

OWN_DOING = frozenset({"reminder", "system"})  # principals for whom a series is not one that somebody has updated


class Draft:
    """`state` is replaced member by member and never changed in place, so that the version before stays as it was."""

    def __init__(self, state: Json, command: Command, now: datetime) -> None:
        self.before = state
        self.state: Json = dict(state)
        if "reminder_offset_minutes" in command.defaults:
            self.state["default_offset"] = command.defaults["reminder_offset_minutes"] or 0
        self.command = command
        self.now = now
        self.now_text = instant_text(now)
        self.recurrence = series_slots.recurrence_of(state)
        self.since = self._due_since()  # when what is made ought to have been there
        self.facts: list[Fact] = []
        self._told_bytes = 0

    # What is said of it.

    def tell(self, what: str, changed: Json | None = None, /, **data: Any) -> None:
        if changed or data:
            self._told_bytes += len(orjson.dumps([changed, data]))
        self.facts.append(Fact(what, changed or {}, data))

    def tell_slot(self, what: str, made: Json, /, **data: Any) -> None:
        slot = {key: made[key] for key in ("generation", "slot", "number", "at")}
        self.facts.append(Fact(f"recurrence.{what}", {}, {"slot": slot, "task_id": made["task_id"], **data}))

    def change(self, what: str, **values: Any) -> None:
        """Set fields and tell which."""
        changed = {name: {"old": self.state[name], "new": value} for name, value in values.items()}
        self.state |= values
        self.tell(what, changed)

    def has_room(self, size: int = 0) -> bool:
        """For one more event with so many bytes of a template in it."""
        return len(self.facts) < MAX_FACTS and (not self._told_bytes or self._told_bytes + size <= MAX_TOLD_BYTES)

    # Slots that come.

    def ready(self, *statuses: str) -> Refused | None:
        """Come to now first, so that no slot which was missed is lost by what is asked; then whether it may be asked.

        Raises Outage while so many were missed that it takes more turns.
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
        """What the version before asked for and nobody has done yet: its tasks ought to have been there since then."""
        due = self.before.get("behind_since") or series_slots.next_due(self.before, self.recurrence, self.now_text)
        return min(due or self.now_text, self.now_text)

    def catch_up(self) -> None:
        """Start what is due, and make what is to be there ahead of its time, as far as one turn may go."""
        self._await_next()
        while self.has_due():
            self.start(self.state["awaited"])
            self._await_next()
        self._look_ahead()

    def has_due(self) -> bool:
        """Whether the awaited slot starts by itself now. After completion none does."""
        awaited = self.state["awaited"]
        return awaited is not None and self.state["mode"] == "schedule" and awaited["at"] <= self.now_text

    @property
    def is_behind(self) -> bool:
        """Whether a turn was not enough for all that was missed."""
        return self.state["status"] == "active" and (self.state["awaited"] is None or self.has_due())

    def start(self, made: Json) -> None:
        """Its instant has come: the task is one of those that are open."""
        state = self.state
        open_slots = state["open"]
        if state["pile_up"] == "newest":
            self.withdraw(open_slots)
            open_slots = []
        if not self.is_closed(made):
            open_slots = [*open_slots, made][-series_state.MAX_OPEN :]
        closed = [task_id for task_id in state["closed"] if task_id != made["task_id"]]
        self.state |= {"open": open_slots, "closed": closed, "started_day": made["slot"][:10]}
        self.leave(made)

    def leave(self, made: Json) -> None:
        """The awaited slot is passed; the next one may be made already."""
        ahead = self.state["ahead"]
        self.state |= {
            "awaited": ahead[0] if ahead else None,
            "ahead": ahead[1:],
            "passed": made["slot"],
            "passed_number": made["number"],
            "moved": {slot: due for slot, due in self.state["moved"].items() if slot > made["slot"]},
        }

    def count_done(self, made: Json, when: str) -> None:
        """After completion: it is passed, and what follows is counted from then."""
        closed = [task_id for task_id in self.state["closed"] if task_id != made["task_id"]]
        self.state |= {"closed": closed, "started_day": made["slot"][:10], "last_done": when}
        self.leave(made)

    def await_slot(self, numbered: Numbered | None) -> None:
        """Make the task of the next slot; without one the series has ended."""
        if numbered is None:
            self.change("series.ended", status="ended")
        else:
            self.state["awaited"] = self._make(numbered)

    def await_again(self) -> None:
        """The last slot that started, when its task is still open, is the awaited one once more."""
        state = self.state
        last = next((made for made in state["open"] if made["slot"][:10] == state["started_day"]), None)
        if last is not None:
            number = last["number"] or state["passed_number"]
            self.state |= {
                "awaited": {**last, "number": number},
                "open": [made for made in state["open"] if made is not last],
            }
            self.hold(state["ahead"], [])

    def _await_next(self) -> None:
        state = self.state
        if state["status"] != "active" or state["awaited"] is not None or not self.has_room(self._task_bytes()):
            return
        if state["ahead"]:
            self._take_up() if state["mode"] == "schedule" else self._take_up_next()
        if (
            state["awaited"] is not None
            or state["ahead"]
            or state["status"] != "active"
            or not self.has_room(self._task_bytes())
        ):
            return
        passed, number = state["passed"], state["passed_number"]
        if passed is None or state["mode"] == "completion":
            since = parse_instant(self.since)
            self.await_slot(series_slots.first_numbered(state, self.recurrence, since, number))
        else:
            self.await_slot(series_slots.next_missed(state, self.recurrence, passed, number, self.now))

    def _take_up(self) -> None:
        """A generation begins: the tasks that were held stay with its slots of their names, and what is between is made.

        What the turn has no room for is held until the next one.
        """
        held = {made["slot"]: made for made in self.set_aside()}
        taken: list[Json] = []
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
        self.state |= {"awaited": taken[0] if taken else None, "ahead": taken[1:]}

    def _take_up_next(self) -> None:
        """After completion one that was held is the next; what was done ahead of its time counts as done now."""
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
        """The slots of this generation that have not passed; after completion the first one."""
        state, number = self.state, self.state["passed_number"]
        if state["passed"] is None:
            return series_slots.from_first(state, self.recurrence, parse_instant(self.since), number)
        return series_slots.numbered_after(state, self.recurrence, state["passed"], number)

    def _anew(self, made: Json, numbered: Numbered) -> Json:
        """A made slot as this generation has it; its task stays the same."""
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

    def _make(self, numbered: Numbered) -> Json:
        state = self.state
        made = series_slots.made_slot(state, self.recurrence, numbered)
        self._told_bytes += self._task_bytes()
        self.tell_slot("triggered", made, task=series_slots.task_body(state, self.recurrence, made, self.since))
        self.state["unreported"] = [*state["unreported"], made][-series_state.MAX_OPEN :]
        return made

    def _task_bytes(self) -> int:
        return series_state.template_bytes(self.state["template"])

    # Slots that are not to be.

    def keep(self, entries: list[Json]) -> None:
        """Tasks of slots ahead stay, as ones that nothing follows."""
        kept = [made for made in entries if not self.is_closed(made)]
        self.state |= {
            "open": [*self.state["open"], *kept][-series_state.MAX_OPEN :],
            "awaited": None,
            "ahead": [],
            "closed": [],
        }

    def set_aside(self) -> list[Json]:
        """Nothing is awaited any more. What has started, which after completion still was, stays open; gives the rest."""
        entries = series_state.unstarted(self.state)
        self.state |= {"awaited": None, "ahead": []}
        for made in entries:
            if self.has_started(made):
                self.start(made)
        return [made for made in entries if not self.has_started(made)]

    def hold(self, entries: list[Json], staying: list[Json]) -> None:
        """Of what was set aside these tasks stay, until it is known whether their slots come; the others are withdrawn."""
        self.withdraw([made for made in entries if made not in staying])
        self.state["ahead"] = staying

    def is_closed(self, made: Json) -> bool:
        """Whether a person has done it, or thrown it away, ahead of its time."""
        return made["task_id"] in self.state["closed"]

    def has_started(self, made: Json) -> bool:
        return bool(made["at"] <= self.now_text)

    # What is to be told to tasks that are made; it waits in the state when a turn has no room for all.

    def withdraw(self, entries: list[Json]) -> None:
        """Their tasks are not to be; the caller takes them out of the lists."""
        gone = {made["task_id"] for made in entries}
        state = self.state
        kept = [waiting for waiting in state["backlog"] if waiting["made"]["task_id"] not in gone]
        self.state |= {
            "backlog": kept + [{"made": made, "fields": None} for made in entries],
            "unreported": [made for made in state["unreported"] if made["task_id"] not in gone],
            "closed": [task_id for task_id in state["closed"] if task_id not in gone],
        }

    def retemplate(self, names: set[str]) -> None:
        """The tasks that are made take these fields of the template, as it is when they are told."""
        waiting = {entry["made"]["task_id"]: entry for entry in self.state["backlog"]}
        for made in series_state.unstarted(self.state) + self.state["open"]:
            fields = names.union(waiting.get(made["task_id"], {}).get("fields") or ())
            waiting[made["task_id"]] = {"made": made, "fields": sorted(fields)}
        self.state["backlog"] = list(waiting.values())

    def _tell_backlog(self) -> None:
        backlog: list[Json] = self.state["backlog"]
        told = 0
        for entry in backlog:
            fields = {name: self.state["template"][name] for name in entry["fields"] or ()}
            size = len(orjson.dumps(fields)) if fields else 0
            if not self.has_room(size):
                break
            told += 1
            self._told_bytes += size
            if entry["fields"] is None:
                self.tell_slot("withdrawn", entry["made"])
            else:
                self.tell_slot("retemplated", entry["made"], fields=fields)
        if told:
            self.state["backlog"] = backlog[told:]

    # The decision.

    def decided(self) -> Accepted | Unchanged:
        self._tell_backlog()
        if not self.facts and self.state == {**self.before, **self._heard()}:
            return Unchanged(self.reply())
        if self.command.principal.kind not in OWN_DOING:
            self.state["updated_at"] = self.now_text
        if not self.facts:
            self.tell("series.updated", self._slots_changed())
        self.state["version"] = self.before["version"] + 1
        return self.accepted()

    def _heard(self) -> Json:
        """What by itself makes no version."""
        return {name: self.state[name] for name in ("default_offset",) if name in self.state}

    def reply(self) -> Json:
        return series_state.series_json(self.state)

    def accepted(self) -> Accepted:
        """The version with its events; the first of them says what the series is now."""
        wake = self._wake()
        self._note_behind(wake)
        series = self.reply()
        series_id = series["id"]
        told = [
            Fact(
                fact.type, fact.changed, {"series_id": series_id, **({} if number else {"series": series}), **fact.data}
            )
            for number, fact in enumerate(self.facts)
        ]
        events = cloud_events("SeriesActor", self.state, told, self.command, self.now_text)
        return Accepted(self.state, events, wake, series)

    def _note_behind(self, wake: str | None) -> None:
        """What the next turn makes ought to have been there as long as what this one has made, or has left undone."""
        if wake is not None and wake <= self.now_text:
            self.state["behind_since"] = self.since
        else:
            self.state.pop("behind_since", None)

    def _slots_changed(self) -> Json:
        """By their names, when nothing else is to be told."""
        old, new = ([made["slot"] for made in state["open"]] for state in (self.before, self.state))
        changed: Json = {} if old == new else {"open": {"old": old, "new": new}}
        old, new = ([made["slot"] for made in series_state.unstarted(state)[:1]] for state in (self.before, self.state))
        return changed if old == new else {**changed, "awaited": {"old": old, "new": new}}

    def _wake(self) -> str | None:
        """When the next slot starts, or one has to be made before; at once when something is left to do."""
        state = self.state
        if state["backlog"] or (state["status"] == "active" and state["awaited"] is None):
            return self.now_text
        return series_slots.next_due(state, self.recurrence, self.now_text)
