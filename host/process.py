"""The composition root of the private side: makes all that a process of a role needs, and runs its loops."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from random import Random
from typing import Any

from actors.clock import SystemClock
from actors.ports import Ports
from host.bugs import BugLog
from host.chores import archivist
from host.chores.archivist import Archivist
from host.chores.leader import Leader
from host.chores.patrol import Patrol
from host.chores.plain_texts import PlainTexts
from host.chores.pruner import Pruner
from host.chores.relay import Relay
from host.chores.replay import Replay
from host.chores.sweeper import Sweeper
from host.chores.zone_rules import ZoneRules
from host.consumers.catchup import CATCHUP_POLL_SECONDS, Catchup
from host.consumers.handler import TASK_UPDATES
from host.consumers.subscriptions import durable
from host.consumers.wiring import Handlers, wired
from host.dapr.actor_host import ActorHost
from host.dapr.actor_runtime import NO_ACTORS, hosted
from host.dapr.arming import Arming
from host.dapr.client import SidecarActorClient, SidecarConnection
from host.dapr.gateway import MOST_IN_FLIGHT, Gateway
from host.dapr.jobs import Job
from host.dapr.publisher import SidecarPublisher
from host.dapr.sentinel import Sentinel
from host.dapr.subscription import TopicSubscription, TopicSubscriptions
from host.keys.doorkeeper import Doorkeeper
from host.keys.signatures import Signatures
from host.live.announcements import UPDATES, Announcements, updates_to
from host.live.hub import Hub
from host.pace import pace_of
from host.presence import Presence
from host.readiness import checks
from host.settings import Settings
from host.store.access.secrets import secret
from host.store.engine import Database, is_outage
from host.store.read_model.consistency import Projection
from host.store.turns.commands import CommandLog
from host.store.upkeep.leases import CHORES

log = logging.getLogger(__name__)

Loop = Callable[[], Awaitable[None]]  # runs until it is cancelled

BROKER_COMPONENT = "events"
BROKER_GRACE_SECONDS = 10.0  # under a broker, catch-up leaves younger events to it
DATABASE_WAIT_SECONDS = 60.0


class HostProcess:
    """The private side of one process: `open`, then `run_loops`, at last `close`.

    The public side uses its attributes without an underscore.
    """

    def __init__(self, settings: Settings, signatures: Signatures) -> None:
        process_id = secrets.token_hex(8)
        self.settings = settings
        self._signatures = signatures
        self.clock = SystemClock()
        self.database = Database(settings.database_url)
        self._pace = pace_of(settings.role, settings.broker)
        self.hub = Hub(self.database, poll_seconds=self._pace.hub)
        self.projection = Projection(self.database, self._pace.reader)
        self.signing_key = b""
        self._sidecar = SidecarConnection(settings.dapr_grpc_port, settings.dapr_http_port, settings.dapr_api_token)
        self._client = SidecarActorClient(self._sidecar)
        self.gateway = Gateway(
            self._client, signatures
        )  # for consumers and chores, which make few calls at once and may wait
        self.request_gateway = Gateway(self._client, signatures, most_in_flight=MOST_IN_FLIGHT)
        self._has_broker = settings.broker != "none"
        component = TASK_UPDATES if settings.role == "web" else BROKER_COMPONENT
        self.checks = checks(
            self.database,
            self._sidecar,
            settings.role,
            component if self._has_broker else "",
            (self.gateway, self.request_gateway),
        )
        self._presence = Presence(self.database, process_id, settings.role)
        self._arming = Arming(self.database, self.clock)
        publisher = SidecarPublisher(self._sidecar, BROKER_COMPONENT, settings.kafka_prefix)
        self._announcements = Announcements(publisher.publish, process_id)
        self._handlers = self._make_handlers()
        self._catchups = self._make_catchups()
        self._archivist = Archivist(
            self.database,
            self.clock,
            settings.archive,
            days=settings.activity_days,
            ensure_job=Job(self._sidecar, archivist.JOB, archivist.SCHEDULE).ensure,
        )
        self._relay = Relay(self.database, publisher.publish, longest_poll_seconds=self._pace.relay)
        self.actor_host: ActorHost
        self._running: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Waits for the database, then makes the actors callable; raises when there is no database after a minute."""
        await self.database.open()
        await self._until_database()
        self.signing_key = await secret(self.database, "signing", secrets.token_bytes(32))
        self.actor_host = await self._make_actor_host()

    def run_loops(self) -> None:
        """Starts all loops of this role; each waits out what is not there yet."""
        for name, loop in self._loops().items():
            self._running.append(asyncio.create_task(_supervised(name, loop), name=name))

    async def close(self) -> None:
        """Ends the loops, then the connections."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        with contextlib.suppress(Exception):  # the sweeper finds a wake whose note is lost
            await self._arming.flush()
        with contextlib.suppress(Exception):  # the row counts as gone after some seconds
            await self._presence.leave()
        await self._sidecar.close()
        await self.database.close()

    def _loops(self) -> Mapping[str, Loop]:
        """Returns the loops of this role: all that a process does without a request."""
        role = self.settings.role
        loops: dict[str, Loop] = {"presence": self._presence.run}
        if role in {"all", "web"}:
            loops["hub"] = self.hub.run
        if role in {"all", "actors"}:
            loops["arming"] = self._arming.run
        if role in {"all", "consumers"}:
            loops |= {name: catchup.run for name, catchup in self._catchups.items()}
            holder = f"{socket.gethostname()} {os.getpid()}"
            loops["leader"] = Leader(self.database, holder, self._chores(), Random()).run  # noqa: S311  no secret
            if self._has_broker:
                loops["announcements"] = self._announcements.run
        return loops

    def _chores(self) -> Mapping[str, Loop]:
        """Returns the chores: loops that only one process of all may run, under the leader."""
        sentinel = Sentinel(self._sidecar)
        sweeper = Sweeper(
            self.database,
            self.gateway,
            self.clock,
            sentinel_present=sentinel.present,
            plant_sentinel=sentinel.plant,
        )
        pruner = Pruner(self.database, self.gateway, self.clock, broker=self._has_broker)
        zone_rules = ZoneRules(self.database, self.gateway, self.clock)
        replay = Replay(self.database, [catchup.consumer for catchup in self._catchups.values()])
        patrol = Patrol(self.database, self.clock, broker=self._has_broker)
        chores = {
            "sweeper": sweeper.run,
            "pruner": pruner.run,
            "notifier": self._handlers.notifier.run,
            "zone_rules": zone_rules.run,
            "plain_texts": PlainTexts(self.database).run,
            "replay": replay.run,
            "patrol": patrol.run,
            "archivist": self._archivist.run,
            "relay": self._relay.run,
        }
        assert chores.keys() == set(CHORES)  # noqa: S101  `duely doctor` lists these
        return chores if self._has_broker else {name: run for name, run in chores.items() if name != "relay"}

    async def _until_database(self) -> None:
        deadline = asyncio.get_running_loop().time() + DATABASE_WAIT_SECONDS
        while True:
            try:
                await self.database.ping()
                await self._presence.announce()  # before this process takes part in anything
            except Exception as error:
                if not is_outage(error) or asyncio.get_running_loop().time() > deadline:
                    raise
                log.info("waiting for the database", extra={"cause": type(error).__name__})
                await asyncio.sleep(0.5)
            else:
                return

    async def _make_actor_host(self) -> ActorHost:
        """Returns what answers the sidecar; a role without actors hosts no actor types."""
        config: Mapping[str, Any] = NO_ACTORS
        on_configured: Callable[[], None] = _no_caches
        if self.settings.role in {"all", "actors"}:
            ports = Ports(
                clock=self.clock,
                commands=CommandLog(self.database),
                on_commit=self._on_commit,
                note_armed=self._arming.note,
                on_bug=BugLog().note,
                fault_of=Doorkeeper(self._signatures).fault_of,
            )
            config, on_configured = await hosted(self._client, ports)
        jobs = {archivist.JOB: self._archivist.asked}
        return ActorHost(
            config, on_configured, self.settings.app_api_token, jobs=jobs, subscriptions=self._subscriptions()
        )

    def _subscriptions(self) -> TopicSubscriptions:
        """Returns what the broker delivers to this role."""
        role = self.settings.role
        table: list[TopicSubscription] = []
        if self._has_broker and role in {"all", "consumers"}:
            table += durable(self._catchups)
        if self._has_broker and role == "web":
            take = updates_to(self._signal_readers, self.projection.note)
            topic = self.settings.kafka_prefix + TASK_UPDATES
            table.append(TopicSubscription(TASK_UPDATES, topic, frozenset((UPDATES,)), take))
        return TopicSubscriptions(table)

    def _make_handlers(self) -> Handlers:
        """Returns the handlers of the consumers. They signal the readers of this process, or announce to all others."""
        announces = self._has_broker and self.settings.role == "consumers"
        return wired(
            self.database,
            self.clock,
            self.gateway,
            on_readable=self._announcements.readable if announces else self.projection.note,
            signal=self._announcements.signal if announces else self._signal_readers,
            on_projected=self._on_projected,
        )

    def _make_catchups(self) -> dict[str, Catchup]:
        grace = BROKER_GRACE_SECONDS if self._has_broker else 0.0
        # Where turns run in another process, only the projector polls often: it nudges the others.
        polls = {"projector": self._pace.projector}
        return {
            consumer.name: Catchup(
                self.database,
                consumer,
                min_age_seconds=grace,
                max_poll_seconds=polls.get(consumer.name, CATCHUP_POLL_SECONDS),
                on_dead_letter=self._announcements.dead_letter if self._has_broker else None,
            )
            for consumer in self._handlers.consumers(self.settings.kafka_prefix)
        }

    def _on_commit(self, types: set[str]) -> None:
        """Nudges the consumers that take such events; most writes concern only the projector."""
        if self._has_broker:  # the relay publishes them; catch-up would find nothing that is old enough
            self._relay.nudge()
            return
        for catchup in self._catchups.values():
            if catchup.consumer.takes(types):
                catchup.nudge()

    def _on_projected(self, types: set[str]) -> None:
        """Nudges the other consumers: some wait for the projector, and no turn of another process nudges them."""
        if self._has_broker:
            return
        for name, catchup in self._catchups.items():
            if name != "projector" and catchup.consumer.takes(types):
                catchup.nudge()

    def _signal_readers(self, users: Iterable[str]) -> None:
        """Signals streams and waiting reads that more can be read of these users."""
        signalled = set(users)
        self.hub.signal(signalled)
        self.projection.signal(signalled)


async def _supervised(name: str, loop: Loop) -> None:
    """Runs the loop until cancelled. A loop that ends otherwise has a bug: that is logged, and the loop starts again."""
    while True:
        try:
            await loop()
        except Exception:
            log.exception("a loop ended by itself", extra={"loop": name})
        await asyncio.sleep(1)


def _no_caches() -> None:
    """Does nothing: a role without actors has no caches to drop."""
