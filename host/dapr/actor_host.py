"""The routes that the sidecar calls: turns, reminders, events, jobs, deactivation, health.

They are one function behind SidecarListener, because a web framework costs more than a turn does. They are on loopback
only, never on the public port.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import orjson
from dapr.actor import ActorRuntime

from actors.context import acting_for
from host.dapr.listener import LARGEST_BODY, Headers
from host.dapr.subscription import TopicSubscriptions

log = logging.getLogger(__name__)

_LIVENESS = "/healthz"
# Never 404: the sidecar drops a message that it gets 404 for, and repeats one that it gets 503 for.
_NO_ROUTE = 503, b'{"message":"no such route here"}'


class ActorHost:
    """Answers the calls that come to the sidecar's app port.

    config: the answer to `/dapr/config`
    on_configured: called whenever a sidecar asks for it, the first time or again: our caches may be stale then
    app_token: must come with every call, unless it is ""
    jobs: what to do when the scheduler calls a job, by its name
    subscriptions: what the sidecar delivers from the broker, and who takes it
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        on_configured: Callable[[], None],
        app_token: str = "",
        *,
        jobs: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
        subscriptions: TopicSubscriptions | None = None,
    ) -> None:
        self._config = orjson.dumps(config)
        self._on_configured = on_configured
        self._app_token = app_token.encode()
        self._jobs = jobs or {}
        self._subscriptions = subscriptions or TopicSubscriptions([])

    async def __call__(self, method: str, path: str, headers: Headers, body: bytes) -> tuple[int, bytes]:
        """Returns the status and the JSON body for one call."""
        if path == _LIVENESS:
            return 200, b"{}"
        if not self._is_sidecar(headers):
            return 403, b'{"message":"not the sidecar"}'
        return await self._answer(method, path, body)

    def room(self, path: str, headers: Headers) -> int | None:
        """Returns how large a body is read: none of a stranger, who may only ask whether we live."""
        if self._is_sidecar(headers):
            return LARGEST_BODY
        return 0 if path == _LIVENESS else None

    async def _answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        segments = path.split("/")[1:]
        if segments[0] == "actors":
            return await _actor_call(method, segments, body)
        if segments[0] == "job":
            return await self._run_job(segments)
        if path == "/dapr/config":
            self._on_configured()
            return 200, self._config
        if path == "/dapr/subscribe":
            return 200, orjson.dumps(self._subscriptions.declared())
        if segments[0] == "events" and (statuses := await self._subscriptions.deliver(path, body)):
            return 200, statuses
        return _NO_ROUTE

    async def _run_job(self, segments: list[str]) -> tuple[int, bytes]:
        job = self._jobs.get("/".join(segments[1:]))
        if job is None:
            return _NO_ROUTE
        try:
            await job()
        except Exception as error:  # noqa: BLE001  the edge: the scheduler calls again
            log.warning("a job failed", extra={"job": segments[1], "cause": repr(error)[:300]})
            return 500, b'{"message":"the job failed; see the log of the host"}'
        return 200, b"{}"

    def _is_sidecar(self, headers: Headers) -> bool:
        if not self._app_token:
            return True
        given = next((value for name, value in headers if name == b"dapr-api-token"), b"")
        return hmac.compare_digest(given, self._app_token)


async def _actor_call(method: str, segments: list[str], body: bytes) -> tuple[int, bytes]:
    try:
        match method, segments:
            case "PUT", [_, actor_type, actor_id, "method", "remind", name]:
                await ActorRuntime.fire_reminder(actor_type, actor_id, name, body)
                return 200, b"{}"
            case "PUT", [_, actor_type, actor_id, "method", name]:
                return 200, await ActorRuntime.dispatch(actor_type, actor_id, name, body)
            case "DELETE", [_, actor_type, actor_id]:
                return await _deactivate(actor_type, actor_id)
            case _:
                return 503, b'{"message":"no such actor route"}'
    except Exception as error:  # noqa: BLE001  the edge: whatever a turn raised, the caller hears 500 and may repeat the command
        with _context_of(body):
            log.warning("actor call failed", extra={"path": "/".join(segments), "cause": repr(error)[:300]})
        return 500, b'{"message":"the turn failed; see the log of the host","errorCode":"TURN_FAILED"}'


def _context_of(body: bytes) -> AbstractContextManager[None]:
    """Returns the context of the command in the body, if there is one: that of the turn has ended."""
    try:
        command = orjson.loads(body)
        return acting_for(command["principal"]["user_id"], command["correlation_id"])
    except (ValueError, KeyError, TypeError):
        return nullcontext()


async def _deactivate(actor_type: str, actor_id: str) -> tuple[int, bytes]:
    try:
        await ActorRuntime.deactivate(actor_type, actor_id)
    except ValueError:
        log.debug("deactivated an actor that was not active", extra={"actor_type": actor_type, "actor": actor_id})
    return 200, b"{}"
