"""What others notice while one client does his worst: how long they wait, and what the process holds."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import psutil

from tests.support.client import Caller
from tests.support.system import ROOT, System

SECONDS = 2.5  # of attack
EVERY_SECONDS = 0.03
LONGEST_SECONDS = 15.0


@dataclass
class Calm:
    """`waits` in ms, and by how many megabytes the process grew at most."""

    waits: list[float] = field(default_factory=list)
    grown_mb: float = 0.0

    @property
    def p99(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.99)]

    def __str__(self) -> str:
        return (
            f"{len(self.waits)} requests, p99 {self.p99:.0f} ms, longest {max(self.waits):.0f}, +{self.grown_mb:.0f} MB"
        )


async def under_attack(system: System, person: Caller, name: str, session: str = "") -> Calm:
    """Runs the attack and asks meanwhile as somebody else; returns what that one noticed."""
    process = system.part("host")
    attack = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.hostile.attacks", name, str(system.port), str(SECONDS),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        ended: asyncio.Task[Any] = asyncio.create_task(attack.communicate(session.encode()))
        async with asyncio.timeout(SECONDS + LONGEST_SECONDS):
            calm = await _ask_until(ended, process, person)
        assert attack.returncode == 0, name
        return calm
    finally:
        if attack.returncode is None:
            attack.kill()
            await attack.wait()


async def undisturbed(system: System, person: Caller) -> Calm:
    """Asks for as long without an attack: what the machine itself makes people wait just now."""
    return await _ask_until(asyncio.create_task(asyncio.sleep(SECONDS)), system.part("host"), person)


async def _ask_until(ended: "asyncio.Task[Any]", process: psutil.Process, person: Caller) -> Calm:
    calm, before = Calm(), process.memory_info().rss
    while not ended.done():
        began = time.perf_counter()
        await person.call("GET", "/tasks", per_page=1)
        calm.waits.append((time.perf_counter() - began) * 1000)
        calm.grown_mb = max(calm.grown_mb, (process.memory_info().rss - before) / 2**20)
        await asyncio.sleep(EVERY_SECONDS)
    await ended
    return calm
