"""One turn of a series in the making: its fields, its agenda and the facts so far. Frozen: each function returns the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Self, cast

import orjson

from actors.clock import instant_text
from actors.commands import Command
from actors.events import Changes, Fact, cloud_events
from actors.offsets import default_spec, lead_of
from actors.recurrence.expansion import Recurrence, Slot, due_of
from actors.replies import Accepted, Json, Unchanged
from actors.series import slots as series_slots
from actors.series import state as series_state
from actors.series.agenda import MEMBERS, Agenda
from actors.series.state import BacklogEntry, SeriesState
from actors.shapes import MadeSlot

MAX_FACTS: Final = 40  # of one turn; what is left is due again at once
MAX_FACT_BYTES: Final = 64 * 1024  # of templates in the events of a turn; one always goes, however long

SHELF_KEPT: Final = timedelta(days=40)  # longer than the trash keeps a task

OWN_DOING: Final = frozenset({"reminder", "system"})  # kinds of principals whose commands leave `updated_at` as it is


@dataclass(frozen=True)
class Step:
    """`series` are the members of the state that are not the agenda's; `decided` and `accepted` make a decision of it.

    `since` is when the tasks that are made ought to have been there. With `from_start` the first slot after completion is
    the start itself, also one that has gone by.
    """

    before: SeriesState
    command: Command
    now: datetime
    series: Mapping[str, Any]
    agenda: Agenda
    since: str
    facts: tuple[Fact, ...] = ()
    fact_bytes: int = 0
    from_start: bool = False

    @classmethod
    def begun(cls, state: SeriesState, command: Command, now: datetime) -> Self:
        """Returns the turn of a command before anything is done."""
        step = cls(state, command, now, _fields_of(state, command), Agenda.read(state), instant_text(now))
        return replace(step, since=step._due_since())

    def _due_since(self) -> str:
        """Returns since when something has been due that nobody has done yet; now, when nothing is."""
        behind = self.series.get("behind_since")
        due = behind or series_slots.next_due(self.before, self.recurrence, self.now_text)
        return min(due or self.now_text, self.now_text)

    # What it stands at.

    @cached_property
    def state(self) -> SeriesState:
        """The state as it stands; a value."""
        return cast("SeriesState", {**self.series, **self.agenda.stored()})

    @cached_property
    def recurrence(self) -> Recurrence:
        """The recurrence as the fields stand."""
        return series_slots.recurrence_of(self.series)

    @cached_property
    def now_text(self) -> str:
        """The present instant as a text."""
        return instant_text(self.now)

    @property
    def status(self) -> str:
        """The status of the series."""
        status: str = self.series["status"]
        return status

    @property
    def is_counted(self) -> bool:
        """Whether slots come after completion."""
        counted: bool = self.series["mode"] == "completion"
        return counted

    @property
    def body(self) -> Json:
        """The body of the command."""
        return self.command.body

    @property
    def is_asked(self) -> bool:
        """Whether a person makes the series, and with it its first tasks: no split, no import."""
        command = self.command
        by_person = command.name == "CreateSeries" and command.principal.kind not in OWN_DOING
        return by_person and (command.cause is None or command.cause.kind != "import")

    def has_started(self, made: MadeSlot) -> bool:
        """Returns whether the instant of the slot has come."""
        return made["at"] <= self.now_text

    @property
    def template_bytes(self) -> int:
        """The size of the template as JSON."""
        return series_state.template_bytes(self.series["template"])

    def has_room(self, size: int = 0) -> bool:
        """Returns whether the turn may make one more event, with `size` bytes of a template in it."""
        return len(self.facts) < MAX_FACTS and (not self.fact_bytes or self.fact_bytes + size <= MAX_FACT_BYTES)

    # What it becomes.

    def having(self, agenda: Agenda) -> Self:
        """Returns the turn with another agenda."""
        return replace(self, agenda=agenda)

    def lists(self, **values: Any) -> Self:
        """Returns the turn with other members of the agenda."""
        return replace(self, agenda=replace(self.agenda, **values))

    def fields(self, **values: Any) -> Self:
        """Returns the turn with other fields of the series; None of a private field takes it away."""
        kept = {**self.series, **values}
        return replace(
            self,
            series={
                name: value for name, value in kept.items() if value is not None or name not in series_state.PRIVATE
            },
        )

    def record(self, what: str, changed: Changes | None = None, /, **data: Any) -> Self:
        """Records the fact `what`, as "series.updated", with the data of its event."""
        size = len(orjson.dumps([changed, data])) if changed or data else 0
        return replace(self, facts=(*self.facts, Fact(what, changed or {}, data)), fact_bytes=self.fact_bytes + size)

    def record_slot(self, what: str, made: MadeSlot, changed: Changes | None = None, /, **data: Any) -> Self:
        """Records the fact `recurrence.<what>` about a slot."""
        slot = {"generation": made["generation"], "slot": made["slot"], "number": made["number"], "at": made["at"]}
        fact = Fact(f"recurrence.{what}", changed or {}, {"slot": slot, "task_id": made["task_id"], **data})
        return replace(self, facts=(*self.facts, fact))

    def change(self, what: str, **values: Any) -> Self:
        """Sets fields of the series, and records the fact `what` with their old and new values."""
        changed: Changes = {name: {"old": self.series[name], "new": value} for name, value in values.items()}
        return self.fields(**values).record(what, changed)

    def weigh(self, size: int) -> Self:
        """Counts bytes of a template that an event takes."""
        return replace(self, fact_bytes=self.fact_bytes + size)

    # The decision.

    def decided(self) -> Accepted | Unchanged:
        """Returns the decision: the next version, or Unchanged when nothing but the heard default differs."""
        step = self.told()
        if not step.facts and step.is_as_before():
            return Unchanged(step.reply())
        if step.command.principal.kind not in OWN_DOING:
            step = step.fields(updated_at=step.now_text)
        if not step.facts:
            step = step.record("series.updated", step.slots_changed())
        agenda = step.agenda.pruned(instant_text(self.now - SHELF_KEPT))
        return step.having(agenda).fields(version=step.before["version"] + 1).accepted()

    def told(self) -> Self:
        """Records what tasks are to be told, as far as the turn has room."""
        step, recorded = self, 0
        for entry in self.agenda.backlog:
            fields = {name: self.series["template"][name] for name in entry["fields"] or ()}
            size = len(orjson.dumps(fields)) if fields else 0
            if not step.has_room(size):
                break
            recorded += 1
            step = step._told(entry, fields).weigh(size)
        return step.lists(backlog=step.agenda.backlog[recorded:]) if recorded else step

    def _told(self, entry: BacklogEntry, fields: Json) -> Self:
        made = entry["made"]
        if entry["fields"] is None:
            return self.record_slot("withdrawn", made, **({"asked": True} if entry.get("asked") else {}))
        if not entry.get("taken_up"):
            return self.record_slot("retemplated", made, fields=fields)
        data: Json = {"due": due_of(self.recurrence, Slot(made["generation"], made["slot"])), "fields": fields}
        data |= {"moved": made["slot"] in self.agenda.moved, "restored": entry.get("restored", False)}
        return self.record_slot(
            "taken-up", made, **data, **({"taken_from": entry["taken_from"]} if "taken_from" in entry else {})
        )

    def is_as_before(self) -> bool:
        """Returns whether nothing has changed that makes a version: another default reminder does not by itself."""
        before = _fields_of(self.before, self.command)
        return (self.agenda, self.series) == (Agenda.read(self.before), before)

    def reply(self) -> Json:
        """Returns the series as the caller gets it."""
        return series_state.series_json(self.state)

    def accepted(self) -> Accepted:
        """Returns the version with its events; the first of them has the whole series."""
        wake = self._wake()
        # The next turn goes on with what this one left: since when its tasks ought to have been there.
        step = self.fields(behind_since=self.since if wake is not None and wake <= self.now_text else None)
        series = step.reply()
        complete = [
            Fact(fact.type, fact.changed, {**_head(series, whole=not number), **fact.data})
            for number, fact in enumerate(step.facts)
        ]
        return Accepted(
            step.state, cloud_events("SeriesActor", step.state, complete, step.command, step.now_text), wake, series
        )

    def slots_changed(self) -> Changes:
        """Returns the change of the open and awaited slots, by their names, for a version that has no other fact."""
        before = Agenda.read(self.before)
        old, new = _names(before.open), _names(self.agenda.open)
        changed: Changes = {} if old == new else {"open": {"old": old, "new": new}}
        old, new = _names(before.unstarted[:1]), _names(self.agenda.unstarted[:1])
        return changed if old == new else {**changed, "awaited": {"old": old, "new": new}}

    def _wake(self) -> str | None:
        """Returns when the next slot starts, or one has to be made before; now when something is left to do."""
        active = self.status == "active"
        if self.agenda.backlog or (active and (self.agenda.awaited is None or self.agenda.held)):
            return self.now_text
        return series_slots.next_due(self.state, self.recurrence, self.now_text)


def _fields_of(state: SeriesState, command: Command) -> Json:
    """Returns the members of a state that are not the agenda's, with the default reminder that the command names."""
    fields = {name: value for name, value in state.items() if name not in MEMBERS}
    if "reminder_offset_minutes" in command.defaults:
        default = default_spec(command.defaults)
        fields["default_offset"] = 0 if default is None else int(lead_of(default).total_seconds()) // 60
    return fields


def _head(series: Json, *, whole: bool) -> Json:
    return {"series_id": series["id"], **({"series": series} if whole else {})}


def _names(entries: Iterable[MadeSlot]) -> list[str]:
    return [made["slot"] for made in entries]
