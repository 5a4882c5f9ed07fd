"""`duely up`: starts all of Duely on this machine and keeps it running until it is stopped."""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from host.console import OperatorError, Say
from host.keys.command_keys import signatures_of
from host.keys.inner_token import token_of
from host.runner import broker, checkout, log_files, ports, sidecar, sidecar_build
from host.runner.database import embedded
from host.runner.folder import DataFolder, Running, end_leftovers
from host.runner.parts import PORTS, Machine, parts
from host.runner.postgres import PostgresError
from host.runner.probe import http_ok
from host.runner.supervisor import Supervisor
from host.settings import BadSettingError, Settings, cache_dir, reachable_address

LOW_DISK_BYTES = 500 * 1024 * 1024
_HOUSEKEEPING_SECONDS = 5
_READY_SECONDS = 30
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChosenAddress(NamedTuple):
    """An address that the operator chose by the settings DUELY_…HOST and DUELY_…PORT; `setting` is the … between."""

    setting: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Which processes of ours run, each with its sidecar.

    ports: the names for which free ports are picked; chosen: the addresses that the operator chose
    replicas: makes them from the machine, in the order of their start
    """

    ports: Sequence[str]
    chosen: Sequence[ChosenAddress]
    replicas: Callable[[Machine], Sequence[Machine]]


def up(settings: Settings, say: Say) -> int:
    """Runs Duely with one process of ours until it is stopped; returns the exit code."""
    chosen = [ChosenAddress("", settings.host, settings.port), ChosenAddress("INNER_", *settings.inner_address)]
    return run(settings, Layout(PORTS, chosen, lambda machine: [machine]), say)


def run(settings: Settings, layout: Layout, say: Say) -> int:
    """Runs until Ctrl-C or SIGTERM and returns 0; says what keeps Duely from starting and returns 1."""
    folder = DataFolder(settings.data_dir)
    try:
        folder.prepare()
        with folder.locked():
            token_of(settings)  # makes the token and the key before any process needs them
            signatures_of(settings)
            end_leftovers(folder.noted_running(), say)
            for address in layout.chosen:
                refuse_a_taken_port(address)
            machine = _machine(settings, folder, layout, say)
            return asyncio.run(_run(machine, layout.replicas(machine), say))
    except (OperatorError, PostgresError, BadSettingError) as error:
        say(f"Duely cannot start.\n{error}")
        return 1
    except KeyboardInterrupt:
        say("Stopped before Duely was up.")
        return 1


def refuse_a_taken_port(chosen: ChosenAddress) -> None:
    """Raises OperatorError naming who holds the port, or why we cannot listen there."""
    setting, host, port = chosen
    try:
        if ports.is_free(host, port):
            return
    except PermissionError:
        raise OperatorError(
            f"You may not listen on port {port}: choose one above 1023 with DUELY_{setting}PORT and let a reverse proxy "
            "have the low one."
        ) from None
    except OSError as error:
        raise OperatorError(f"DUELY_{setting}HOST {host!r} is no address of this machine: {error.strerror}.") from error
    raise OperatorError(
        f"Port {port} on {host} is in use by {ports.holder(port)}. Stop that, or choose another port with "
        f"DUELY_{setting}PORT."
    )


def _machine(settings: Settings, folder: DataFolder, layout: Layout, say: Say) -> Machine:
    dapr = sidecar.find(checkout.SIDECAR_SOURCE, cache_dir()) or sidecar_build.build(
        checkout.SIDECAR_SOURCE, cache_dir(), say
    )
    broker.write_resources(settings, folder)
    own = broker.needs_own(settings)
    picked = ports.pick([*layout.ports, *(broker.PORTS if own else ())], folder.ports)
    return Machine(
        settings=settings,
        folder=folder,
        sidecar=dapr,
        ports=picked,
        postgres=None if settings.database_url else embedded(folder),
        api_token=secrets.token_urlsafe(24),
        app_token=secrets.token_urlsafe(24),
        kafka=broker.own_broker(folder, picked, say) if own else None,
    )


async def _run(machine: Machine, replicas: Sequence[Machine], say: Say) -> int:
    public = [replica for replica in replicas if replica.settings.role in {"all", "web"}]
    table = parts(machine, replicas)
    running = _running(public[0], [part.name for part in table if not part.once])
    supervisor = Supervisor(table, say, _state_writer(machine.folder, running))
    stop = _on_signals(supervisor, say)
    say(f"Starting Duely with Dapr {sidecar.VERSION}; its data is in {machine.folder.path}")
    keep = asyncio.create_task(supervisor.keep())
    beside = [
        asyncio.create_task(_greet(supervisor, replicas, [url_of(replica) for replica in public], say)),
        asyncio.create_task(_keep_house(machine.folder, [part.log for part in table], say)),
    ]
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([keep, stopped], return_when=asyncio.FIRST_COMPLETED)
        if keep.done():
            keep.result()
    finally:
        for task in (keep, stopped, *beside):
            task.cancel()
        await asyncio.gather(keep, stopped, *beside, return_exceptions=True)
        await supervisor.stop()
        if machine.postgres:
            machine.postgres.stop()
    say("Duely has stopped.")
    return 0


def url_of(replica: Machine) -> str:
    """Returns the URL of the page."""
    return _url(replica.settings.host, replica.settings.port)


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _running(machine: Machine, names: Sequence[str]) -> Running:
    return Running(
        pid=os.getpid(),
        url=url_of(machine),
        inner_url=_url(*machine.settings.inner_address),
        inner_token=str(machine.settings.inner_token_file or ""),
        command_keys=str(machine.settings.command_key_file),
        sidecar=str(machine.sidecar.folder),
        app_port=machine.ports["app"],
        dapr_http_port=machine.ports["dapr_http"],
        dapr_grpc_port=machine.ports["dapr_grpc"],
        api_token=machine.api_token,
        names=names,
    )


def _state_writer(folder: DataFolder, running: Running) -> Callable[[Mapping[str, int]], None]:
    def write(pids: Mapping[str, int]) -> None:
        # The runner works without this file; a full disk must not end it.
        with contextlib.suppress(OSError):
            folder.note_running(replace(running, parts=pids))

    return write


def _on_signals(supervisor: Supervisor, say: Say) -> asyncio.Event:
    """Returns an event that the first signal sets; a second signal kills what still runs."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            supervisor.hurry.set()
        else:
            say("Stopping (again to kill at once) …")
        stop.set()

    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, on_signal)
    return stop


async def _greet(supervisor: Supervisor, replicas: Sequence[Machine], urls: Sequence[str], say: Say) -> None:
    """Says the addresses of the page, once all replicas are ready."""
    await supervisor.all_ready()
    began = asyncio.get_running_loop().time()
    while missing := await _missing(replicas):
        if asyncio.get_running_loop().time() - began > _READY_SECONDS:
            say(f"Everything runs, but {missing}. It keeps trying; `duely doctor` shows more.")
            return
        await asyncio.sleep(0.1)
    say(f"\n  Duely is ready: {' and '.join(urls)}\n  Ctrl-C stops it.\n")


async def _missing(replicas: Sequence[Machine]) -> str:
    """Returns what the first replica that is not ready misses; "" when all are ready."""
    for replica in replicas:
        host, port = replica.settings.inner_address
        if missing := await http_ok(port, "/health/ready", reachable_address(host), token_of(replica.settings)):
            return f"{replica.replica} {missing}".lstrip()
    return ""


async def _keep_house(folder: DataFolder, logs: list[Path], say: Say) -> None:
    """Rotates the logs, and warns once each time the disk gets low."""
    low = False
    while True:
        with contextlib.suppress(OSError):  # a full disk has no room for the copy; the log stays as it is
            log_files.rotate(logs)
        free = shutil.disk_usage(folder.path).free
        if free < LOW_DISK_BYTES and not low:
            say(f"  The disk under {folder.path} is nearly full: {free >> 20} MB are free.")
        low = free < LOW_DISK_BYTES
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)
