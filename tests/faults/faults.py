"""The faults: what each does to a system, for how long, what it aims at, and in which order a seed brings them."""

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import psutil

from tests.faults.harmed import kind_of, resized, size_of, used
from tests.faults.subject import Subject

Aim = Literal["writes", "reminders", "nothing"]
End = Callable[[], None]
STOP_SECONDS: Final = (5.0, 20.0, 60.0)
LINK_SECONDS: Final = (4.0, 12.0)
DELAY_SECONDS: Final = 0.15
LINK_MODES: Final = ("partition", "half_open", "delay", "reset")
ROOM_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """`begin` does it and gives what undoes it; both block. It is hit when something that it aims at was under way."""

    name: str
    aim: Aim
    seconds: float
    begin: Callable[[], End]


def kill(subject: Subject, kind: str, chance: random.Random, how: signal.Signals = signal.SIGKILL) -> Fault:
    """One of that kind; its place is taken by another."""

    def begin() -> End:
        process = chance.choice(subject.main_processes(kind))
        process.send_signal(how)
        return partial(subject.until_replaced, kind, process.pid)

    word = "kill -9" if how == signal.SIGKILL else "end"
    return Fault(f"{word} {kind}", aim_of(subject, kind), 0.0, begin)


def stop(subject: Subject, kind: str, chance: random.Random, seconds: float) -> Fault:
    """One of that kind stands still for a while, with all that it has started, and goes on."""

    def begin() -> End:
        process = chance.choice(subject.main_processes(kind))
        process.send_signal(signal.SIGSTOP)
        # The sessions of PostgreSQL would go on without it; the runner's parts are other kinds.
        stopped = [process, *([] if kind == "runner" else process.children(recursive=True))]
        for child in stopped[1:]:
            with contextlib.suppress(psutil.Error):
                child.send_signal(signal.SIGSTOP)
        return lambda: _go_on(stopped)

    return Fault(f"stop {kind} {seconds:g} s", aim_of(subject, kind), seconds, begin)


def _go_on(stopped: list[psutil.Process]) -> None:
    for process in reversed(stopped):
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGCONT)


def harm(subject: Subject, link: str, mode: str, seconds: float) -> Fault:
    """A connection between two that both run."""

    def begin() -> End:
        subject.links.set(link, mode, DELAY_SECONDS)
        return lambda: _opened(subject, link)

    aim: Aim = "writes" if link in subject.links_of_writes else "nothing"
    return Fault(f"{mode} {link} {seconds:g} s", aim, seconds, begin)


def _opened(subject: Subject, link: str) -> None:
    subject.links.set(link, "open")


def full(subject: Subject, disk: str, seconds: float) -> Fault:
    """No room on a disk. Who does not need more of it for a while is killed, so that it must start on a full one."""
    place, kind = subject.disks()[disk]

    def begin() -> End:
        size = size_of(place)
        resized(place, used(place) + ROOM_BYTES)
        again: End = lambda: None  # noqa: E731
        if kind == "scheduler":
            again = kill(subject, kind, random.Random(0)).begin()
        return lambda: _roomy(place, size, again)

    return Fault(f"full disk {disk} {seconds:g} s", aim_of(subject, kind), seconds, begin)


def _roomy(place: str, size: int, again: End) -> None:
    resized(place, size)
    again()


def rolling(subject: Subject, ready_seconds: float = 60.0) -> Fault:
    """Every process told to end, one after another, each only when all is ready again."""

    def begin() -> End:
        for kind in subject.kinds:
            if kind in {"session", "runner"}:
                continue
            for old in subject.main_processes(kind):
                # PostgreSQL would wait for its clients to leave; a fast shutdown is what its runner asks for too.
                old.send_signal(signal.SIGINT if kind == "postgres" else signal.SIGTERM)
                subject.until_replaced(kind, old.pid)
                deadline = time.monotonic() + ready_seconds
                while not subject.is_ready() and time.monotonic() < deadline:
                    time.sleep(0.1)
        return lambda: None

    return Fault("rolling restart", "writes", 0.0, begin)


def aim_of(subject: Subject, kind: str) -> Aim:
    if kind in subject.writes_need:
        return "writes"
    return "reminders" if kind in subject.reminders_need else "nothing"


def storm(subject: Subject, replica: str, seconds: float, every_seconds: float = 5.0) -> Fault:
    """A replica that leaves and comes back, again and again: what it hosts moves each time."""

    def begin() -> End:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with subject.joined(replica):
                time.sleep(every_seconds)
            time.sleep(every_seconds)
        return lambda: None

    return Fault(f"storm of {replica} {seconds:g} s", "nothing", 0.0, begin)


def each_once(subject: Subject, seed: int, *, storm_seconds: float = 60.0) -> list[Fault]:
    """Every kind killed and stopped, every mode of a connection, a rolling restart, every disk: in an order of chance."""
    chance = random.Random(seed)
    faults = _processes(subject, chance, (STOP_SECONDS[0],))
    faults += [
        harm(subject, link, mode, LINK_SECONDS[0])
        for link, mode in zip(_spread(list(subject.links_of_writes), chance, len(LINK_MODES)), LINK_MODES, strict=True)
    ]
    beside = [link for link in subject.links.ports if link not in subject.links_of_writes and "grpc" not in link]
    for kind in dict.fromkeys(kind_of(link) for link in beside):
        link = chance.choice([link for link in beside if kind_of(link) == kind])
        faults.append(harm(subject, link, chance.choice(LINK_MODES), LINK_SECONDS[0]))
    faults += _whole(subject, LINK_SECONDS[0], storm_seconds)
    chance.shuffle(faults)
    return faults


def without_end(subject: Subject, seed: int, *, storm_seconds: float = 300.0) -> Iterator[Fault]:
    """Rounds of all there is, each round in another order and with other lengths; a storm in the first alone."""
    chance = random.Random(seed)
    while True:
        faults = _processes(subject, chance, STOP_SECONDS)
        faults += [
            harm(subject, link, mode, round(chance.uniform(*LINK_SECONDS)))
            for link in subject.links.ports
            for mode in chance.sample(LINK_MODES, 2)
        ]
        faults += _whole(subject, LINK_SECONDS[1], storm_seconds)
        storm_seconds = 0.0
        chance.shuffle(faults)
        yield from faults


def _processes(subject: Subject, chance: random.Random, seconds: Sequence[float]) -> list[Fault]:
    kills = [kill(subject, kind, chance) for kind in subject.kinds]
    return kills + [stop(subject, kind, chance, chance.choice(seconds)) for kind in subject.kinds if kind != "session"]


def _whole(subject: Subject, disk_seconds: float, storm_seconds: float) -> list[Fault]:
    storms = [storm(subject, name, storm_seconds) for name in subject.may_join if storm_seconds]
    return [rolling(subject), *storms, *(full(subject, disk, disk_seconds) for disk in subject.disks())]


def _spread(links: list[str], chance: random.Random, count: int) -> list[str]:
    """So many of them, none twice before each stands once."""
    found: list[str] = []
    while len(found) < count:
        found += chance.sample(links, len(links))
    return found[:count]
