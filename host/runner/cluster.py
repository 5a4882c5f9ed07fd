"""`duely cluster`: several processes of each role on this machine, each with a sidecar.

    web-1 web-2 … ──► their sidecars ──► the sidecars of actors-1 actors-2 …
    consumers-1 consumers-2 …: projector, notifier and the other consumers; they share the chores

There is one database, one placement and one scheduler. The web replicas listen on DUELY_PORT and the ports above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from host.console import Say
from host.runner.parts import CONTROL_PORTS, REPLICA_PORTS, Machine
from host.runner.up import ChosenAddress, Layout, run
from host.settings import Role, Settings

# Of each replica, besides REPLICA_PORTS: the health port where there is no public app, and the inner port.
OWN_PORTS = ("health", "inner")


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of replicas of each role, at least one."""

    web: int = 2
    actors: int = 2
    consumers: int = 2


def cluster(settings: Settings, counts: Counts, say: Say) -> int:
    """Runs Duely as several processes of each role until it is stopped; returns the exit code."""
    return run(settings, layout_of(settings, counts), say)


def layout_of(settings: Settings, counts: Counts) -> Layout:
    """Returns the replicas `web-1`, `actors-1`, … and the ports that they need."""
    replicas = _replicas(counts)
    names = [f"{role}-{number}" for role, number in replicas]
    return Layout(
        ports=[*CONTROL_PORTS, *(f"{name}_{port}" for name in names for port in (*REPLICA_PORTS, *OWN_PORTS))],
        chosen=[ChosenAddress("", settings.host, settings.port + number) for number in range(counts.web)],
        replicas=lambda machine: [_replica(machine, role, number) for role, number in replicas],
    )


def _replicas(counts: Counts) -> Sequence[tuple[Role, int]]:
    """Returns role and number of each replica in the order of their start: what open requests need stops last."""
    many: Sequence[tuple[Role, int]] = (
        ("actors", counts.actors),
        ("consumers", counts.consumers),
        ("web", counts.web),
    )
    return [(role, number) for role, count in many for number in range(1, count + 1)]


def _replica(machine: Machine, role: Role, number: int) -> Machine:
    """Returns the machine as the replica sees it: with its role and ports, and those of placement and scheduler."""
    name, settings, ports = f"{role}-{number}", machine.settings, machine.ports
    public = settings.port + number - 1 if role == "web" else ports[f"{name}_health"]
    return replace(
        machine,
        replica=name,
        settings=replace(settings, role=role, port=public, inner_port=ports[f"{name}_inner"]),
        ports={port: ports[port] for port in CONTROL_PORTS} | {port: ports[f"{name}_{port}"] for port in REPLICA_PORTS},
    )
