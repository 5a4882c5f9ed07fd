"""The supervisor: starts the parts in order, restarts those that die, stops all in the reverse order."""

# Processes are polled, because waiting for their end would take a thread for each.
# ruff: noqa: ASYNC110

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from host.console import OperatorError, Say
from host.runner import log_files
from host.runner.part import Part, Process

_POLL_SECONDS = 0.05
_WATCH_SECONDS = 0.1
FIRST_TRIES = 3


class PartError(OperatorError):
    """A part cannot be started; the message says why and names its log."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The pauses between starts of a part that keeps dying, and the limit for stopping everything."""

    first_seconds: float = 0.5
    longest_seconds: float = 30
    sick_looks: int = 12  # longer than a scheduler waits for the lease of one that was killed
    look_seconds: float = 1
    steady_seconds: float = 60  # a part that was up for longer begins with the first pause again
    stop_seconds: float = 9.5

    def delay(self, failures: int) -> float:
        """Returns the seconds to wait after so many failures in a row."""
        return min(self.first_seconds * float(2 ** min(failures - 1, 16)), self.longest_seconds)


class Supervisor:
    """Runs a table of parts. `changed` is called with the pids of the running parts whenever these change."""

    def __init__(
        self,
        parts: Sequence[Part],
        say: Say,
        changed: Callable[[Mapping[str, int]], None] = lambda _: None,
        patience: Patience | None = None,
    ) -> None:
        self._parts = parts
        self._width = max((len(part.name) for part in parts), default=0) + 1
        self._say = say
        self._changed = changed
        self._patience = patience or Patience()
        self._ready = {part.name: asyncio.Event() for part in parts}
        self._running: dict[str, Process] = {}
        self.hurry = asyncio.Event()  # set by a second Ctrl-C: kill what still runs

    async def all_ready(self) -> None:
        """Returns when every part is ready."""
        for event in self._ready.values():
            await event.wait()

    async def keep(self) -> None:
        """Runs all parts until cancelled; raises PartError when the first start of one fails."""
        tasks = [asyncio.create_task(self._keep(part), name=part.name) for part in self._parts]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Stops all parts, the last of the table first: each within its own time, all within the limit."""
        deadline = _now() + self._patience.stop_seconds
        for _, together in groupby(reversed(self._parts), key=lambda part: part.group or part.name):
            await asyncio.gather(*(self._stop(part, deadline) for part in together))
        self._changed({})

    async def _stop(self, part: Part, deadline: float) -> None:
        process = self._running.pop(part.name, None)
        if process is not None and process.poll() is None:
            await self._end(process, part.stop_signal, min(_now() + part.stop_seconds, deadline))

    async def _keep(self, part: Part) -> None:
        for name in part.after:
            await self._ready[name].wait()
        began = _now()
        await self._start(part, FIRST_TRIES)
        self._say(f"  {part.name:<{self._width}} {'done' if part.once else 'ready'} in {_now() - began:.1f} s")
        self._ready[part.name].set()
        if not part.once:
            await self._restart_for_ever(part)

    async def _restart_for_ever(self, part: Part) -> None:
        failures = 0
        while True:
            began = _now()
            ended = await self._ended(part)
            failures = 1 if _now() - began > self._patience.steady_seconds else failures + 1
            delay = self._patience.delay(failures)
            self._say(f"  {part.name:<{self._width}} {ended}; starting it again in {delay:g} s{_reason(part)}")
            await asyncio.sleep(delay)
            began = _now()
            await self._start(part)
            self._say(f"  {part.name:<{self._width}} is back after {_now() - began:.1f} s")

    async def _start(self, part: Part, tries: int | None = None) -> None:
        """Starts the part until it is ready; raises PartError after so many tries (None: never)."""
        failures = 0
        while True:
            try:
                await self._start_once(part)
            except (OperatorError, OSError) as error:
                failures += 1
                if tries is not None and failures >= tries:
                    raise PartError(f"{part.name} {error}.{_reason(part)}\n  Its log: {part.log}") from error
                delay = self._patience.delay(failures)
                self._say(f"  {part.name:<{self._width}} {error}; starting it again in {delay:g} s")
                await asyncio.sleep(delay)
            else:
                return

    async def _start_once(self, part: Part) -> None:
        if done := await asyncio.to_thread(part.prepare):
            self._say(f"  {part.name:<{self._width}} {done}")
        process = self._running[part.name] = part.spawn()
        self._report_pids()
        deadline = _now() + part.ready_seconds
        while (missing := await self._missing(part, process)) and _now() < deadline:
            await asyncio.sleep(_POLL_SECONDS)
        if missing:
            await self._end(process, signal.SIGKILL, _now())
            raise PartError(f"was not ready within {part.ready_seconds:g} s: {missing}")

    async def _missing(self, part: Part, process: Process) -> str:
        code = process.poll()
        if code is None:
            return "it still runs" if part.once else await part.ready()
        if code == 0 and part.once:
            return ""
        raise PartError(_how_it_ended(code))

    async def _ended(self, part: Part) -> str:
        """Returns how it ended: by itself, or stopped here because it did not work any more."""
        process = self._running[part.name]
        sick_looks, next_look = 0, _now() + self._patience.look_seconds
        while (code := process.poll()) is None:
            await asyncio.sleep(_WATCH_SECONDS)
            if part.works is None or _now() < next_look:
                continue
            missing = await part.works()
            sick_looks, next_look = sick_looks + 1 if missing else 0, _now() + self._patience.look_seconds
            if sick_looks >= self._patience.sick_looks:
                await self._end(process, part.stop_signal, _now() + part.stop_seconds)
                return f"did not work any more ({missing})"
        return _how_it_ended(code)

    async def _end(self, process: Process, first: signal.Signals, deadline: float) -> None:
        process.send_signal(first)
        while process.poll() is None and _now() < deadline and not self.hurry.is_set():
            await asyncio.sleep(_POLL_SECONDS)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        while process.poll() is None:
            await asyncio.sleep(_POLL_SECONDS)

    def _report_pids(self) -> None:
        self._changed({name: process.pid for name, process in self._running.items() if process.poll() is None})


def _how_it_ended(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _reason(part: Part) -> str:
    tail = log_files.tail(part.log)
    return f"; the end of its log:\n{tail}" if tail else ""


def _now() -> float:
    return asyncio.get_running_loop().time()
