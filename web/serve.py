"""A process of Duely: its public listener, the inner one and the sidecar's, and the loops of its role."""

import asyncio
import gc
import logging
import resource
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Protocol

import uvicorn
import uvloop
from typing_extensions import override

from host.dapr.listener import SidecarListener
from host.keys.command_keys import signatures_of
from host.keys.inner_token import token_of
from host.keys.signatures import Signatures
from host.logs import start_logging
from host.process import HostProcess
from host.settings import BadSettingError, Settings, read_settings
from web.api.app import create_app
from web.api.health.app import create_health_app
from web.api.sessions.sign_outs import watch
from web.inner import create_inner_app
from web.server.door import Door, door_of
from web.server.protocol import GuardedHttp
from web.services import Services

log = logging.getLogger(__name__)

DRAIN_SECONDS = 2  # how long open requests may take to end; the clients of streams reconnect elsewhere
_TICKS_A_SECOND = 10  # of uvicorn's main loop
STOP_SECONDS = 2.5  # for each listener: the drain, and the time it needs to notice


class Listener(Protocol):
    """A server that runs until `should_exit` is set and its open requests have ended."""

    @property
    def should_exit(self) -> bool: ...

    @should_exit.setter
    def should_exit(self, wanted: bool, /) -> None: ...

    async def serve(self) -> None: ...


class _Server(uvicorn.Server):
    """A server that leaves signals to this module, because it is not alone in its process. It sweeps its door each second."""

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self._door = door

    @override
    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS_A_SECOND == 0:
            self._door.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def main() -> None:
    """Runs until SIGTERM or SIGINT; exits with code 2 if a setting cannot be used."""
    try:
        settings = read_settings()
        token, signatures = token_of(settings), signatures_of(settings)
    except BadSettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    start_logging(settings.log_level)
    _raise_file_limit()
    uvloop.run(serve(settings, token, signatures))


def _raise_file_limit() -> None:
    """Raises the limit of open files: a request under way holds four sockets, and shells allow 1024 files, macOS 256."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if most == resource.RLIM_INFINITY else min(65_536, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def serve(settings: Settings, inner_token: str, signatures: Signatures) -> None:
    """Starts what the role needs, waits for the signal and stops in the reverse order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    process = HostProcess(settings, signatures)
    await process.open()
    app = create_app(_services(process)) if settings.role in {"all", "web"} else None
    _collect_rarely()
    inner = server_of(create_inner_app(process.checks, inner_token), *settings.inner_address, door_of(settings))
    servers: list[Listener] = [
        inner,
        SidecarListener(process.actor_host, settings.app_port, process.actor_host.room),
        server_of(app or create_health_app(process.checks), settings.host, settings.port, door_of(settings)),
    ]
    tasks = [asyncio.create_task(server.serve(), name=type(server).__name__) for server in servers]
    process.run_loops()
    stopped = asyncio.create_task(stop.wait())
    side_tasks: list[asyncio.Task[Any]] = [stopped]
    if app is not None:
        side_tasks.append(asyncio.create_task(watch(app.state.duely), name="sign-outs"))
        side_tasks.append(asyncio.create_task(app.state.runs.watch(), name="runs"))
    done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
    if stopped not in done:
        log.error("a listener ended by itself; stopping, so that the runner starts this process again")
    if app is not None:
        app.state.duely.seats.drain()
        await app.state.runs.close()
    inner.should_exit = True  # nothing depends on it, so it ends beside the others
    await _end(servers, tasks)
    for task in side_tasks:
        task.cancel()
    await process.close()


async def _end(servers: Sequence[Listener], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Ends the public listener before the sidecar's: a request that is still open needs the actors behind the latter."""
    for server, task in reversed(list(zip(servers, tasks, strict=True))):
        server.should_exit = True
        await asyncio.wait([task], timeout=STOP_SECONDS)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _collect_rarely() -> None:
    """Makes the garbage collector run rarely: with its default thresholds it takes a tenth of the process under load.

    What exists after start-up is never garbage, and reference counts free most of what a request makes. Objects that
    survive a collection are examined again once there are 250,000 of them: all calls wait meanwhile, so fewer are better.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 1_000)


def _services(process: HostProcess) -> Services:
    return Services(
        settings=process.settings,
        clock=process.clock,
        db=process.database,
        actors=process.request_gateway,
        hub=process.hub,
        projection=process.projection,
        signing_key=process.signing_key,
        checks=process.checks,
    )


def server_of(app: Any, host: str, port: int, door: Door) -> _Server:
    """Returns a server of that app, whose clients are held to the limits of the door."""
    protocol: Any = partial(GuardedHttp, door=door)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="none",
        http=protocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        backlog=2048,
    )
    return _Server(config, door)


if __name__ == "__main__":
    main()
