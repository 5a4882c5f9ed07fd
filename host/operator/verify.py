"""What `duely verify` does: hold every invariant against a running system, name what breaks it, mend what can be mended.

Everything is read in one transaction that sees one instant. A turn commits its document, events and wake together, and
a consumer its effect and its inbox, so that at any instant it can be told which documents the read model must show as
they are, and which ones only once the projector has come to them; those are counted as moving. Grace is given only to
what takes time by its nature: a reminder that is due, an event that waits.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from host.store.engine import Raw, is_outage
from host.store.turns.outbox import Types
from host.store.upkeep import doc_checks, invariants, mending, snapshot
from host.store.upkeep.doc_checks import MOST, Breach, Findings, Mend

EXAMPLES: Final = 10
TRIES: Final = 3
# What each invariant says, in the order in which they are told.
INVARIANTS: Final[Mapping[str, str]] = {
    "read_model": "tasks, series, reminders and users are what their actors keep",
    "tags": "each tag counts the tasks that have it",
    "versions": "versions and events of each actor follow one another",
    "activity": "the activity and the ledger have every event, once",
    "chain": "positions have no gap and the hash chain is whole",
    "wakes": "wakes are those of the documents, registered and not overdue",
    "reminders": "no reminder that is due has not fired",
    "deliveries": "each reminder that fired is told",
    "slots": "each slot of a series has its one task",
    "outbox": "events are handled in time, and none is passed over",
    "dead_letters": "no event was put aside",
}


@dataclass(frozen=True, slots=True)
class Result:
    """One invariant: how many things were looked at, and what breaks it; of very many breaches the first."""

    invariant: str
    says: str
    checked: int
    moving: int
    breaches: list[Breach]

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than are named."""
        return len(self.breaches) >= MOST


@dataclass(frozen=True, slots=True)
class Verification:
    """`mended` is what was done, a line each; `left` is how many breaches nothing was done about."""

    results: list[Result]
    seconds: float
    mended: list[str]
    left: int


async def verify(
    dsn: str, now: datetime, consumers: Mapping[str, Types], *, broker: bool, repair: bool = False
) -> Verification:
    """`consumers`: the events that each takes."""
    began = time.monotonic()
    async with snapshot.connected(dsn) as connection:
        found = await _examine(connection, now, consumers, broker=broker)
        results = [
            Result(
                name,
                says,
                found.checked.get(name, 0),
                found.moving.get(name, 0),
                [breach for breach in found.breaches if breach.invariant == name],
            )
            for name, says in INVARIANTS.items()
        ]
        mended, left = await _repair(connection, found.breaches) if repair else ([], len(found.breaches))
    return Verification(results, time.monotonic() - began, mended, left)


async def _examine(connection: Raw, now: datetime, consumers: Mapping[str, Types], *, broker: bool) -> Findings:
    found = Findings()
    async with doc_checks.one_instant(connection):
        row_id = -1
        while docs := await doc_checks.page(connection, row_id):
            await doc_checks.examine(connection, docs, now, found)
            row_id = docs[-1].row_id
            found.cut()
        await invariants.rows_without_doc(connection, found)
        await invariants.tags(connection, found)
        await invariants.versions(connection, found)
        await invariants.activity(connection, found)
        await invariants.chain(connection, found)
        await invariants.wakes(connection, found, now)
        await invariants.slots(connection, found)
        await invariants.deliveries(connection, found, now)
        await invariants.outbox(connection, found, consumers, broker=broker)
        await invariants.dead_letters(connection, found)
    return found


async def _repair(connection: Raw, breaches: Sequence[Breach]) -> tuple[list[str], int]:
    """What was done, each once, and how many breaches are left as they were."""
    done: dict[Mend, str] = {}
    left = 0
    for breach in breaches:
        if breach.mend is None:
            left += 1
        elif breach.mend not in done:
            done[breach.mend] = await _mend(connection, breach.mend)
    return list(done.values()), left


async def _mend(connection: Raw, mend: Mend) -> str:
    for last_try in (False,) * (TRIES - 1) + (True,):
        try:
            return await mending.mend(connection, mend)
        except Exception as error:
            if last_try or connection.is_closed() or not is_outage(error):
                raise
            await asyncio.sleep(0.1)
    raise AssertionError("the last try returns or raises")


def lines(report: Verification) -> list[str]:
    """A line an invariant, under it what breaks it, at the end what was done."""
    width = max(len(result.says) for result in report.results)
    text: list[str] = []
    for result in report.results:
        moving = f", {result.moving:,} moving" if result.moving else ""
        more = " OR MORE" if result.is_cut else ""
        verdict = f"{len(result.breaches):,}{more} BREACHES" if result.breaches else "whole"
        text.append(f"{result.invariant:<12}  {result.says:<{width}}  {result.checked:>9,} checked{moving}  {verdict}")
        text += [f"    {breach.subject}  {breach.detail}" for breach in result.breaches[:EXAMPLES]]
        if len(result.breaches) > EXAMPLES:
            text.append(f"    … and {len(result.breaches) - EXAMPLES:,} more (--json has all)")
    text += ["", *(f"mended  {line}" for line in report.mended)] if report.mended else []
    return [*text, "", _verdict(report)]


def _verdict(report: Verification) -> str:
    total = sum(len(result.breaches) for result in report.results)
    took = f"Checked in {report.seconds:.1f} s"
    if not total:
        return f"{took}: everything is whole."
    if not report.mended:
        return f"{took}: {total:,} breaches. `duely verify --repair` mends what can be mended."
    return f"{took}: {total:,} breaches; {len(report.mended):,} things were mended, {report.left:,} breaches are left."


def as_json(report: Verification) -> dict[str, Any]:
    return {
        "invariants": [
            {
                "name": result.invariant,
                "says": result.says,
                "checked": result.checked,
                "moving": result.moving,
                "may_be_more": result.is_cut,
                "breaches": [
                    {"subject": it.subject, "detail": it.detail, "can_be_mended": it.mend is not None}
                    for it in result.breaches
                ],
            }
            for result in report.results
        ],
        "mended": report.mended,
        "left": report.left,
        "seconds": round(report.seconds, 3),
    }
