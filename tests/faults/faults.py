"""The faults: what each does to a system, for how long, what it aims at, and the order that a seed gives them."""

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
JOIN_SECONDS: Final = 15.0
LINK_MODES: Final = ("partition", "half_open", "delay", "reset")
ROOM_BYTES: Final = 256 * 1024
ROLLING: Final = "rolling restart"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. It has hit when something that it aims at was under way.

    begin: brings it and returns a function that undoes it; both block
    lasting: other faults are brought meanwhile
    """

    name: str
    aim: Aim
    seconds: float
    begin: Callable[[], End]
    lasting: bool = False


def kill(subject: Subject, kind: str, chance: random.Random, how: signal.Signals = signal.SIGKILL) -> Fault:
    """Kills a process of that kind, and waits until another has taken its place."""

    def begin() -> End:
        process = chance.choice(subject.main_processes(kind))
        process.send_signal(how)
        return partial(subject.until_replaced, kind, process.pid)

    word = "kill -9" if how == signal.SIGKILL else "end"
    return Fault(f"{word} {kind}", aim_of(subject, kind), 0.0, begin)


def stop(subject: Subject, kind: str, chance: random.Random, seconds: float) -> Fault:
    """Stops a process of that kind, with its children, for a while."""

    def begin() -> End:
        process = chance.choice(subject.main_processes(kind))
        process.send_signal(signal.SIGSTOP)
        # Its children are stopped too, for PostgreSQL's sessions would go on; the runner's are kinds of their own.
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
    """Harms a connection between two processes that both run."""

    def begin() -> End:
        subject.links.set(link, mode, DELAY_SECONDS)
        return lambda: _opened(subject, link)

    aim: Aim = "writes" if link in subject.links_of_writes else "nothing"
    return Fault(f"{mode} {link} {seconds:g} s", aim, seconds, begin)


def _opened(subject: Subject, link: str) -> None:
    subject.links.set(link, "open")


def full(subject: Subject, disk: str, seconds: float) -> Fault:
    """Fills a disk. The scheduler, which needs no more room for a while, is killed, so that it must start on a full one."""
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


def rolling(subject: Subject, kinds: Sequence[str], ready_seconds: float = 60.0) -> Fault:
    """Restarts every process of those kinds, batch by batch, each batch when all is ready again."""

    def begin() -> End:
        for batch in subject.batches(kinds):
            ended = {name: process for name in batch if (process := _asked_to_end(subject, name))}
            for name, process in ended.items():
                subject.until_replaced(kind_of(name), process.pid)
            deadline = time.monotonic() + ready_seconds
            while not subject.is_ready() and time.monotonic() < deadline:
                time.sleep(0.1)
        return lambda: None

    return Fault(ROLLING, "writes", 0.0, begin)


def _asked_to_end(subject: Subject, name: str) -> psutil.Process | None:
    """Asks that part to end; returns its process, or None when another fault has ended it."""
    with contextlib.suppress(LookupError, psutil.Error):
        process = subject.part(name)
        # On SIGTERM PostgreSQL would wait for its clients; the runner asks for a fast shutdown too.
        process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        return process
    return None


def aim_of(subject: Subject, kind: str) -> Aim:
    if kind in subject.writes_need:
        return "writes"
    return "reminders" if kind in subject.reminders_need else "nothing"


def storm(subject: Subject, replica: str, seconds: float, every_seconds: float = 5.0) -> Fault:
    """Lets a replica join and leave again and again: the actors that it hosts move each time.

    It stays until it hosts some; on a busy machine it would otherwise leave before it has joined.
    """

    def begin() -> End:
        until, came = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            with subject.joined(replica) as hosts:
                time.sleep(every_seconds)
                came += _is_so(hosts, JOIN_SECONDS)
            time.sleep(every_seconds)
        assert came, f"{replica} never came to host an actor"
        return lambda: None

    return Fault(f"storm of {replica} {seconds:g} s", "nothing", 0.0, begin, lasting=True)


def _is_so(check: Callable[[], bool], within_seconds: float) -> bool:
    deadline = time.monotonic() + within_seconds
    while not (holds := check()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return holds


def each_once(
    subject: Subject, seed: int, *, kinds: Sequence[str] | None = None, storm_seconds: float = 60.0
) -> list[Fault]:
    """Returns each fault once, in random order.

    Every kind is killed and stopped, every mode of a connection is brought, every disk is filled, and there is a rolling
    restart. With `kinds`, only processes of those kinds and their disks are harmed.
    """
    chance = random.Random(seed)
    kinds = subject.kinds if kinds is None else kinds
    faults = _processes(subject, kinds, chance, (STOP_SECONDS[0],))
    faults += [
        harm(subject, link, mode, LINK_SECONDS[0])
        for link, mode in zip(_spread(list(subject.links_of_writes), chance, len(LINK_MODES)), LINK_MODES, strict=True)
    ]
    beside = [link for link in subject.links.ports if link not in subject.links_of_writes and "grpc" not in link]
    for kind in dict.fromkeys(kind_of(link) for link in beside):
        link = chance.choice([link for link in beside if kind_of(link) == kind])
        faults.append(harm(subject, link, chance.choice(LINK_MODES), LINK_SECONDS[0]))
    faults += _whole(subject, kinds, LINK_SECONDS[0], storm_seconds)
    return _in_chance_order(faults, chance)


def share_of_ci(subject: Subject, seed: int) -> list[Fault]:
    """Returns the faults that CI brings on this system: those that no simpler one shows.

    There is a rolling restart only where other replicas go on meanwhile.
    """
    faults = each_once(subject, seed, kinds=subject.own_kinds)
    return [fault for fault in faults if subject.may_join or fault.name != ROLLING]


def without_end(subject: Subject, seed: int, *, storm_seconds: float = 300.0) -> Iterator[Fault]:
    """Gives rounds of all faults, each in another order and with other lengths; only the first round has a storm."""
    chance = random.Random(seed)
    while True:
        faults = _processes(subject, subject.kinds, chance, STOP_SECONDS)
        faults += [
            harm(subject, link, mode, round(chance.uniform(*LINK_SECONDS)))
            for link in subject.links.ports
            for mode in chance.sample(LINK_MODES, 2)
        ]
        faults += _whole(subject, subject.kinds, LINK_SECONDS[1], storm_seconds)
        storm_seconds = 0.0
        yield from _in_chance_order(faults, chance)


def _in_chance_order(faults: list[Fault], chance: random.Random) -> list[Fault]:
    """Shuffles the faults; lasting ones come first, so that others meet them."""
    chance.shuffle(faults)
    return sorted(faults, key=lambda fault: not fault.lasting)


def _processes(subject: Subject, kinds: Sequence[str], chance: random.Random, seconds: Sequence[float]) -> list[Fault]:
    kills = [kill(subject, kind, chance) for kind in kinds]
    return kills + [stop(subject, kind, chance, chance.choice(seconds)) for kind in kinds if kind != "session"]


def _whole(subject: Subject, kinds: Sequence[str], disk_seconds: float, storm_seconds: float) -> list[Fault]:
    storms = [storm(subject, name, storm_seconds) for name in subject.may_join if storm_seconds]
    disks = [full(subject, disk, disk_seconds) for disk, (_, kind) in subject.disks().items() if kind in kinds]
    return [rolling(subject, kinds), *storms, *disks]


def _spread(links: list[str], chance: random.Random, count: int) -> list[str]:
    """Returns `count` of the links, none of them twice before each is there once."""
    spread: list[str] = []
    while len(spread) < count:
        spread += chance.sample(links, len(links))
    return spread[:count]
