"""Whether an installed Dapr serves Duely (`dapr run`): its ports answer every account of this machine."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from host.dapr.app_ids import APP_IDS
from host.runner.sidecar import BUILDS, PROGRAMS


def problems() -> Iterator[str]:
    """Yields a line for each program of an installed Dapr, where one of them is a sidecar of Duely."""
    foreign = [process for process in psutil.process_iter(["name", "cmdline", "exe"]) if _is_foreign(process)]
    if any(_serves_us(process) for process in foreign):
        yield from map(_problem, foreign)


def _is_foreign(process: psutil.Process) -> bool:
    """Whether it is one of Dapr's programs, of our own account, and not in a folder of our builds."""
    program = process.info["exe"]  # None: another account's
    return process.info["name"] in PROGRAMS and bool(program) and Path(program).parent.parent.name != BUILDS


def _serves_us(process: psutil.Process) -> bool:
    words: list[str] = process.info["cmdline"] or []
    values = {word.partition("=")[2] for word in words} | set(words)
    return process.info["name"] == "daprd" and bool(values & set(APP_IDS.values()))


def _problem(process: psutil.Process) -> str:
    name, ports = process.info["name"], ", ".join(map(str, sorted(_ports(process)))) or "its ports"
    return (
        f"{name} (pid {process.pid}) is of an installed Dapr: {ports} answer every account of this machine, where "
        "nothing else refuses them. `duely up` starts one that refuses other accounts."
    )


def _ports(process: psutil.Process) -> set[int]:
    try:
        connections = process.net_connections("tcp")
    except psutil.Error:
        return set()
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}
