"""`duely doctor`: prints the diagnosis of this Duely, as text or JSON."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from actors.clock import SystemClock
from host.operator.command_line import json_option, json_text, settings_of
from host.operator.diagnosis import Diagnosis, Listener, database_url, examine
from host.store.upkeep.processes import Seen
from host.store.upkeep.vitals import Vitals

_WIDTH = 22
_NOBODY = {"relay": "nobody (needed with a broker only)"}


@click.command()
@json_option
@click.pass_obj
def doctor_command(data_dir: Path | None, in_json: bool) -> None:
    """Report what runs, what is reachable and what is wrong.

    The exit code is 1 when something is wrong.
    """
    settings = settings_of(data_dir)
    report = asyncio.run(examine(settings, database_url(settings), SystemClock().now()))
    click.echo(json_text(report.as_json()) if in_json else "\n".join(lines(report)))
    sys.exit(1 if report.problems else 0)


def lines(report: Diagnosis) -> list[str]:
    """Returns the diagnosis as text: a section for each subject, problems last."""
    text = [" · ".join(f"{name} {number}" for name, number in report.versions.items())]
    text += _section(f"Runs at {report.url}" if report.url else "Does not run", report.parts.items())
    text += _section("Reachable from other machines", _addresses(report.listeners, beyond=True) or [("nothing", "")])
    text += _section("Reachable on this machine only", _addresses(report.listeners, beyond=False))
    text += _section("Metrics and readiness", report.watched.items())
    text += _section("Ready", report.readiness.get("parts", {}).items())
    if report.vitals:
        text += _section("Processes", map(_process, report.vitals.processes))
        text += _section("Data", _facts(report.vitals))
    text += _section("Disk", ((name, _megabytes(size)) for name, size in report.disk.items()))
    text += ["", *(f"PROBLEM  {problem}" for problem in report.problems)] if report.problems else ["", "All is well."]
    return text


def _section(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    body = [f"  {name:<{_WIDTH}} {value}".rstrip() for name, value in rows]
    return ["", title, *body] if body else []


def _addresses(listeners: Iterable[Listener], *, beyond: bool) -> list[tuple[str, str]]:
    ours = sorted((item for item in listeners if item.beyond == beyond), key=lambda item: (item.part, item.port))
    return [(item.part, f"{item.protocol} {item.address}:{item.port}  {item.use}") for item in ours]


def _facts(vitals: Vitals) -> list[tuple[str, str]]:
    return [
        ("users and tasks", f"{vitals.users} and {vitals.tasks}, {_megabytes(vitals.bytes)} of database"),
        ("active series", str(vitals.series)),
        *((f"consumer {name}", _progress(name, lag, vitals)) for name, lag in sorted(vitals.lag.items())),
        ("oldest event waiting", f"{vitals.oldest_waiting_seconds:.1f} s"),
        ("oldest unpublished", f"{vitals.oldest_unpublished_seconds:.0f} s (matters with a broker only)"),
        ("wakes", f"{vitals.wakes_unarmed} unarmed, {vitals.wakes_overdue} overdue, {vitals.wakes_failing} failing"),
        ("next wake", vitals.next_wake.isoformat(timespec="seconds") if vitals.next_wake else "none"),
        ("dead letters", ", ".join(f"{name} {count}" for name, count in vitals.dead_letters.items()) or "none"),
        *((f"chore {name}", holder or _NOBODY.get(name, "nobody")) for name, holder in vitals.chores.items()),
    ]


def _process(seen: Seen) -> tuple[str, str]:
    who, since = seen.process, seen.started_at.isoformat(timespec="seconds")
    return who.role, f"{who.version}, pid {who.pid} on {who.host} as {who.app_id}, since {since}"


def _progress(name: str, lag: int, vitals: Vitals) -> str:
    return f"{lag} events behind{', paused' if name in vitals.paused else ''}"


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"
