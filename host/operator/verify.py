"""`duely verify`: checks every invariant on a running system, names each breach and mends what can be mended.

All reads are in one transaction that sees one instant. A turn commits its doc, events and wake together, and a consumer
commits its effect together with its inbox. So at any instant it is known which docs the read model must equal, and which
ones the projector has yet to handle; the latter count as moving. Only what takes time by nature has a grace period: a
reminder that is due, an event that waits.
"""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from actors.clock import SystemClock
from host.consumers.table import CONSUMERS
from host.operator.command_line import json_option, json_text, settings_of
from host.operator.database import opened
from host.store.engine import Raw, is_outage
from host.store.turns.outbox import Types
from host.store.upkeep import doc_checks, invariants, mending, snapshot
from host.store.upkeep.findings import MOST, Breach, Findings, Mend

EXAMPLES: Final = 10
TRIES: Final = 3
# What each invariant says, in the order of the report.
INVARIANTS: Final[Mapping[str, str]] = {
    "read_model": "tasks, series, reminders and users equal the docs of their actors",
    "tags": "each tag has the number of its tasks",
    "versions": "versions and events of each actor follow one another",
    "activity": "the activity and the ledger have every event once",
    "chain": "positions have no gap and the hash chain is unbroken",
    "wakes": "wakes equal those of the docs, are registered and not overdue",
    "reminders": "every reminder that is due has fired",
    "deliveries": "every reminder that fired is delivered",
    "slots": "each slot of a series has exactly one task",
    "written": "no task that was written into is in the trash by its series' own doing",
    "outbox": "events are handled in time, and none is skipped",
    "dead_letters": "no event was put aside",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one invariant: how many things were checked, and its breaches; `is_cut` when there may be more."""

    invariant: str
    says: str
    checked: int
    moving: int
    breaches: list[Breach]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """The report: `mended` has a line for each thing done, `left` is the number of breaches that remain."""

    results: list[Result]
    seconds: float
    mended: list[str]
    left: int


@click.command()
@click.option("--repair", is_flag=True, help="Repair what can be repaired, and report what was done.")
@json_option
@click.pass_obj
def verify_command(data_dir: Path | None, *, repair: bool, in_json: bool) -> None:
    """Check every invariant of the data; repair it on request.

    Duely may run meanwhile. The exit code is 0 when there is no breach, and 1 otherwise; with --repair, it is 1 when a
    breach remains that only a person can decide about. The running system applies within seconds what --repair hands to
    consumers again.
    """
    settings = settings_of(data_dir)
    consumers = {name: types for name, (_, types, _) in CONSUMERS.items()}
    with opened(settings) as dsn:
        broker = settings.broker != "none"
        report = asyncio.run(verify(dsn, SystemClock().now(), consumers, broker=broker, repair=repair))
    click.echo(json_text(as_json(report)) if in_json else "\n".join(lines(report)))
    sys.exit(1 if report.left else 0)


async def verify(
    dsn: str,
    now: datetime,
    consumers: Mapping[str, Types],
    *,
    broker: bool,
    repair: bool = False,
    most_breaches: int = MOST,
) -> Verification:
    """Checks every invariant and, with `repair`, mends what can be mended.

    consumers: the types of events that each consumer takes; broker: whether events must be published, too
    most_breaches: how many breaches of one invariant are kept while the docs are read
    """
    began = time.monotonic()
    async with snapshot.connected(dsn) as connection:
        findings = await _examine(connection, now, consumers, broker=broker, most_breaches=most_breaches)
        results = [_result(findings, name, most_breaches) for name in INVARIANTS]
        mended, left = await _repair(connection, findings.breaches) if repair else ([], len(findings.breaches))
    return Verification(results, time.monotonic() - began, mended, left)


def _result(findings: Findings, name: str, most_breaches: int) -> Result:
    breaches = [breach for breach in findings.breaches if breach.invariant == name]
    checked, moving = findings.checked.get(name, 0), findings.moving.get(name, 0)
    return Result(name, INVARIANTS[name], checked, moving, breaches, is_cut=len(breaches) >= most_breaches)


async def _examine(
    connection: Raw, now: datetime, consumers: Mapping[str, Types], *, broker: bool, most_breaches: int
) -> Findings:
    findings = Findings()
    async with doc_checks.one_instant(connection):
        row_id = -1
        while docs := await doc_checks.next_docs(connection, row_id):
            await doc_checks.examine(connection, docs, now, findings)
            row_id = docs[-1].row_id
            findings.cut(most_breaches)
        await invariants.rows_without_doc(connection, findings)
        await invariants.tags(connection, findings)
        await invariants.versions(connection, findings)
        await invariants.activity(connection, findings)
        await invariants.chain(connection, findings)
        await invariants.wakes(connection, findings, now)
        await invariants.slots(connection, findings)
        await invariants.deliveries(connection, findings, now)
        await invariants.outbox(connection, findings, consumers, broker=broker)
        await invariants.dead_letters(connection, findings)
    return findings


async def _repair(connection: Raw, breaches: Sequence[Breach]) -> tuple[list[str], int]:
    """Mends each thing once; returns what was done, and the number of breaches that remain."""
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
    """Returns a line for each invariant, under it its first breaches, and at the end what was done."""
    width = max(len(result.says) for result in report.results)
    text: list[str] = []
    for result in report.results:
        moving = f", {result.moving:,} moving" if result.moving else ""
        more = " OR MORE" if result.is_cut else ""
        verdict = f"{len(result.breaches):,}{more} BREACHES" if result.breaches else "ok"
        text.append(f"{result.invariant:<12}  {result.says:<{width}}  {result.checked:>9,} checked{moving}  {verdict}")
        text += [f"    {breach.subject}  {breach.detail}" for breach in result.breaches[:EXAMPLES]]
        if len(result.breaches) > EXAMPLES:
            text.append(f"    … and {len(result.breaches) - EXAMPLES:,} more (--json has all)")
    text += ["", *(f"mended  {action}" for action in report.mended)] if report.mended else []
    return [*text, "", _verdict(report)]


def _verdict(report: Verification) -> str:
    total = sum(len(result.breaches) for result in report.results)
    took = f"Checked in {report.seconds:.1f} s"
    if not total:
        return f"{took}: there is no breach."
    if not report.mended:
        return f"{took}: {total:,} breaches. `duely verify --repair` mends what can be mended."
    return f"{took}: {total:,} breaches; {len(report.mended):,} things were mended, {report.left:,} breaches remain."


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
                    {"subject": breach.subject, "detail": breach.detail, "can_be_mended": breach.mend is not None}
                    for breach in result.breaches
                ],
            }
            for result in report.results
        ],
        "mended": report.mended,
        "left": report.left,
        "seconds": round(report.seconds, 3),
    }
