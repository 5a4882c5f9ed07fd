"""A real cluster for tests: `duely cluster` as a child process, its replicas by name, and people at many addresses."""

import itertools
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from tests.support.client import Caller
from tests.support.system import System, is_free, running

REPLICAS = ("actors-1", "actors-2", "consumers-1", "consumers-2", "web-1", "web-2")
WEBS = 2
START_SECONDS = 150.0
_addresses = itertools.count(1)


class Cluster(System):
    """Two replicas of each role. Each person has an address of their own, so that nobody meets the limit of an address."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        limits = {"DUELY_RATE_LIMITS": "on", "DUELY_TRUSTED_PROXIES": "127.0.0.1/32"}
        super().__init__(folder, {**limits, **(settings or {})})
        self.port = _ports_side_by_side(WEBS)
        self.command = ("-m", "host.operator.cli", "cluster", "--web", str(WEBS), "--actors", "2", "--consumers", "2")

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{self.port + number}" for number in range(WEBS)]

    def pids(self) -> dict[str, int]:
        running = self.data.noted_running()
        return dict(running.parts) if running else {}

    def is_ready(self) -> bool:
        return all(self.ready(name)[0] == 200 for name in REPLICAS)

    def ready(self, replica: str) -> tuple[int, dict[str, str]]:
        """Returns status and parts of `/health/ready` of that replica; the status is 0 when it does not answer."""
        try:
            status, body = _asked(self.inner_port_of(replica), "/health/ready", self.inner_headers)
        except (OSError, KeyError):
            return 0, {}
        return status, cast("dict[str, str]", body.get("parts", {}))

    def ask(self, replica: str, path: str) -> tuple[int, dict[str, Any]]:
        """Returns status and JSON of a GET at that replica's public port; the status is 0 when it does not answer."""
        try:
            return _asked(self.port_of(replica), path)
        except (OSError, KeyError):
            return 0, {}

    def hosted(self, replica: str) -> set[str]:
        """Returns the types of actors that the replica hosts, as its sidecar says."""
        running = self.data.noted_running()
        assert running is not None
        return hosted_at(json.loads(self.data.ports.read_text())[f"{replica}_dapr_http"], running.api_token)

    def port_of(self, replica: str) -> int:
        """Returns the port of that replica's public app, or of its health where it has no public app."""
        role, number = replica.split("-")
        if role == "web":
            return self.port + int(number) - 1
        port: int = json.loads(self.data.ports.read_text())[f"{replica}_health"]
        return port

    def inner_port_of(self, replica: str) -> int:
        """Returns the port of that replica's metrics and readiness."""
        port: int = json.loads(self.data.ports.read_text())[f"{replica}_inner"]
        return port

    def caller(self, web: int, like: Caller | None = None) -> Caller:
        """Returns somebody on the web replica of that number; with `like`, the same person in another browser tab."""
        caller = Caller(self.urls[web - 1], like.token if like else "")
        if like is None:
            address = next(_addresses)
            caller.http.headers["X-Forwarded-For"] = f"10.{address >> 16}.{address >> 8 & 255}.{address & 255}"
            return caller
        caller.user_id = like.user_id
        caller.http.headers["X-Forwarded-For"] = like.http.headers["X-Forwarded-For"]
        for name, value in like.http.cookies.items():  # the port stands in the names; behind a balancer it is one port
            caller.http.cookies.set(name.replace(str(urlsplit(like.url).port), str(urlsplit(caller.url).port)), value)
        return caller

    def holders(self) -> dict[str, str]:
        """Returns by chore the replica that took it last, as the logs say."""
        taken: dict[str, tuple[str, str]] = {}
        for name in ("consumers-1", "consumers-2"):
            for line in (self.data.logs / f"{name}.log").read_text().splitlines():
                if '"message": "leading"' in line:
                    entry = json.loads(line)
                    taken[entry["chore"]] = max(taken.get(entry["chore"], ("", "")), (entry["time"], name))
        return {chore: name for chore, (_, name) in taken.items()}


def hosted_at(dapr_http_port: int, api_token: str) -> set[str]:
    """Returns the types of actors that the process of that sidecar hosts."""
    _, metadata = _asked(dapr_http_port, "/v1.0/metadata", {"dapr-api-token": api_token})
    return {actor["type"] for actor in metadata["actorRuntime"].get("activeActors", ())}


def _asked(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """Returns status and JSON, which is empty for an answer that is not JSON."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=dict(headers or {}))
    try:
        answer = urllib.request.urlopen(request, timeout=5)  # noqa: S310  our own port
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        try:
            return answer.status or 0, json.loads(answer.read())
        except ValueError:
            return answer.status or 0, {}


def carried(writer: Caller, reader: Caller) -> Caller:
    """Returns the reader, whose reads now show what the writer has written so far."""
    reader.saw(writer.consistency)
    return reader


def running_cluster(folder: Path, settings: Mapping[str, str] | None = None) -> AbstractContextManager[Cluster]:
    """A `Cluster` of its own in the folder, running for the length of the block."""
    return running(Cluster(folder, settings), START_SECONDS)


def _ports_side_by_side(count: int) -> int:
    return next(first for first in _candidates() if all(is_free(first + number) for number in range(count)))


def _candidates() -> Iterator[int]:
    """Gives ports below those for outgoing connections, and apart from those of other systems under test."""
    return iter(range(16_000 + os.getpid() * 7 % 1_900, 18_000))
