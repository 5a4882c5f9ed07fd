"""`python -m load.bench`: runs the phases on fresh systems, prints the table, writes load/RESULTS.md."""

import argparse
import asyncio
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib.metadata import version

import psutil

from load.bench import broker
from load.bench.bench import Bench, sign_up
from load.bench.figures import VoidError
from load.bench.load_process import repository_root
from load.bench.phases import create, rate, reminders, scale, search, streams
from load.bench.plan import FULL, SMOKE, Plan
from load.bench.report import RESULTS, Line, Section, markdown, table
from load.bench.system import System, running_system

Phase = Callable[[Bench, Section], Awaitable[None]]

# They run in this order: memory first, while the host has not grown yet; the many actors last.
PHASES: dict[str, Phase] = {
    "memory": streams.memory,
    "streams": streams.latency,
    "reminders": reminders.run,
    "search": search.run,
    "create": create.run,
    "scale": scale.run,
    "rate": rate.run,
}

TITLES = {
    "memory": "Memory of idle streams",
    "streams": "Commit to stream",
    "reminders": "Reminders",
    "search": "List and search",
    "create": "Task create, and the actor call under it",
    "scale": "Many reminders and series",
    "rate": "Events through the broker",
}

_QUIET = 0.5  # load average per core


def main() -> int:
    """Runs the bench; returns the exit code, which is 1 when a figure is void or a requirement is missed."""
    chosen = _arguments()
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (most_files, most_files)
    )  # each stream is an open file, here and in the host
    plan = SMOKE if chosen.smoke else FULL
    load = psutil.getloadavg()[0]
    if load > _QUIET * (os.cpu_count() or 1):
        print(
            f"Something else keeps this machine busy (load {load:.1f}): ratios will be noisy, other figures too slow."
        )
    sections, facts = asyncio.run(_bench(plan, chosen.only))
    print("\n" + table(sections))
    for section in sections:
        print("\n".join(f"  {note}" for note in section.notes))
    if not chosen.smoke and (chosen.keep or set(chosen.only) == set(PHASES)):
        measured = f"Measured on {chosen.date} at {_commit()}, load average before it {load:.1f}."
        RESULTS.write_text(markdown(sections, facts, measured, RESULTS.read_text() if RESULTS.is_file() else ""))
        print(f"written: {RESULTS}")
    for section in sections:
        for line in section.missed:
            print(f"NOT MET: {line.what}: {line.ours}, required {line.required}")
    return 0 if all(section.passed for section in sections) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m load.bench", description="What Duely costs, as ratios of one run.")
    parser.add_argument(
        "--smoke", action="store_true", help="take a minute or two; fail on errors and absurd figures only"
    )
    parser.add_argument(
        "--only", default=",".join(PHASES), help="run only these phases, separated by commas: " + ", ".join(PHASES)
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help=f"write what --only measured to {RESULTS.name} and leave the other phases there as they are",
    )
    parser.add_argument(
        "--date", default=datetime.now(UTC).date().isoformat(), help="the date to write (default: today)"
    )
    chosen = parser.parse_args()
    chosen.only = [name.strip() for name in chosen.only.split(",")]
    unknown = set(chosen.only) - set(PHASES)
    if unknown:
        parser.error(f"no such phase: {', '.join(sorted(unknown))}")
    return chosen


async def _bench(plan: Plan, only: list[str]) -> tuple[list[Section], dict[str, str]]:
    began = time.perf_counter()
    facts: dict[str, str] = {}
    sections: list[Section] = []
    for settings, names in broker.systems([name for name in PHASES if name in only]):
        if settings and (reason := broker.missing()):
            sections += [broker.left_out(TITLES[name], reason) for name in names]
            continue
        _say(began, f"starting Duely in a folder of its own{' with a broker' if settings else ''}")
        async with running_system(settings) as system:
            facts = facts or await _facts(system)
            bench = Bench(plan, system, *await sign_up(system))
            sections += [await _phase(name, bench, began) for name in names]
        _say(began, "stopped")
    return sections, facts


async def _phase(name: str, bench: Bench, began: float) -> Section:
    _say(began, f"{name} …")
    section = Section(TITLES[name])
    try:
        await PHASES[name](bench, section)
    except Exception as error:  # noqa: BLE001  a phase that breaks is void; the others are still worth measuring
        section.lines.append(Line(name, "void", required="no error, nothing lost", met=False))
        section.notes.append(f"{name} is void: {type(error).__name__}: {error}")
    _say(began, f"{name}: {'; '.join(f'{line.what} {line.ours} {line.ratio}'.strip() for line in section.lines)}")
    return section


def _say(began: float, text: str) -> None:
    print(f"[{time.perf_counter() - began:4.0f} s] {text}", flush=True)


async def _facts(system: System) -> dict[str, str]:
    """Returns the machine and the versions that the figures hold for; raises VoidError without durable writes."""
    settings = ("server_version", "fsync", "synchronous_commit")
    async with system.database() as database:
        postgres = {name: await database.fetchval("SELECT current_setting($1)", name) for name in settings}
    if postgres["fsync"] != "on" or postgres["synchronous_commit"] != "on":
        raise VoidError(f"PostgreSQL runs without durability: {postgres}")
    memory = ", ".join(f"{part} {size / 2**20:.0f}" for part, size in system.memory_bytes().items())
    return {
        "machine": f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.machine()}",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "PostgreSQL": f"{postgres['server_version']}, fsync on, synchronous_commit on",
        "Dapr SDK": version("dapr"),
        "memory at the start (MiB)": memory,
    }


def _commit() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=repository_root(), capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
