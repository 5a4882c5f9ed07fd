"""`duely cluster`: the roles as processes of their own on this machine, several of each, with a sidecar each.

    web-1 web-2 … ──► their sidecars ──► the sidecars of actors-1 actors-2 …
    consumers-1 consumers-2 …: projector, notifier and the others; they share the chores

Database, placement and scheduler are there once. Web replicas listen side by side, from DUELY_PORT upwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from host.console import Say
from host.runner.parts import CONTROL_PORTS, REPLICA_PORTS, Machine
from host.runner.up import Chosen, Layout, run
from host.settings import Role, Settings

# Besides those of every replica: of a process without the public app, and of what is told to whoever watches.
OWN_PORTS = ("health", "inner")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each role; at least one."""

    web: int = 2
    actors: int = 2
    consumers: int = 2


def cluster(settings: Settings, counts: Counts, say: Say) -> int:
    """As `up`, in many processes."""
    return run(settings, layout_of(settings, counts), say)


def layout_of(settings: Settings, counts: Counts) -> Layout:
    replicas = _replicas(counts)
    names = [f"{role}-{number}" for role, number in replicas]
    return Layout(
        ports=[*CONTROL_PORTS, *(f"{name}_{port}" for name in names for port in (*REPLICA_PORTS, *OWN_PORTS))],
        chosen=[Chosen("", settings.host, settings.port + number) for number in range(counts.web)],
        replicas=lambda machine: [_replica(machine, role, number) for role, number in replicas],
    )


def _replicas(counts: Counts) -> Sequence[tuple[Role, int]]:
    """In the order in which they start; what open requests need is stopped last."""
    many: Sequence[tuple[Role, int]] = (
        ("actors", counts.actors),
        ("consumers", counts.consumers),
        ("web", counts.web),
    )
    return [(role, number) for role, count in many for number in range(1, count + 1)]


def _replica(machine: Machine, role: Role, number: int) -> Machine:
    """The machine as that replica sees it: its role, its ports, and those of placement and scheduler."""
    name, settings, ports = f"{role}-{number}", machine.settings, machine.ports
    public = settings.port + number - 1 if role == "web" else ports[f"{name}_health"]
    return replace(
        machine,
        replica=name,
        settings=replace(settings, role=role, port=public, inner_port=ports[f"{name}_inner"]),
        ports={port: ports[port] for port in CONTROL_PORTS} | {port: ports[f"{name}_{port}"] for port in REPLICA_PORTS},
    )
