"""The doctor's report as a person reads it."""

from collections.abc import Iterable

from host.operator.doctor import Diagnosis, Listener
from host.store.upkeep.processes import Seen
from host.store.upkeep.vitals import Vitals

_WIDTH = 22
_NOBODY = {"relay": "nobody (needed with a broker only)"}


def lines(report: Diagnosis) -> list[str]:
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
    found = sorted((item for item in listeners if item.beyond == beyond), key=lambda item: (item.part, item.port))
    return [(item.part, f"{item.protocol} {item.address}:{item.port}  {item.use}") for item in found]


def _facts(vitals: Vitals) -> list[tuple[str, str]]:
    return [
        ("people and tasks", f"{vitals.users} and {vitals.tasks}, {_megabytes(vitals.bytes)} of database"),
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
