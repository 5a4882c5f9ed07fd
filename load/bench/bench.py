"""The surroundings of a phase: the plan, the running system, one signed-in user, and how CPU is shared out."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from load.bench.plan import Plan
from load.bench.report import Limit, Line
from load.bench.rows import DESCRIPTION, TAGS, TITLE
from load.bench.system import System

API = "/api/v1"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bench:
    """What every phase is given; `token` and `user_id` are those of the bench's own user."""

    plan: Plan
    system: System
    token: str
    user_id: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def url(self, path: str) -> str:
        return f"{self.system.url}{API}{path}"

    def create_order(self, seconds: float, workers: int | None = None) -> dict[str, Any]:
        """Returns the order for the client `creates` against our API."""
        return {
            "url": self.url("/tasks"),
            "headers": self.headers,
            "body": TASK,
            "workers": workers or self.plan.workers,
            "seconds": seconds,
            "warm_seconds": self.plan.warm_seconds,
        }

    def actor_order(self, kind: str, ids: list[str], seconds: float) -> dict[str, Any]:
        """Returns the order for the client `actor_calls`; `kind` is one of its kinds of work."""
        return {
            "kind": kind,
            "ids": ids,
            "grpc_port": self.system.grpc_port,
            "http_port": self.system.http_port,
            "api_token": self.system.api_token,
            "database_url": self.system.database_url,
            "workers": self.plan.workers,
            "seconds": seconds,
            "warm_seconds": self.plan.warm_seconds,
        }

    def judged(self, line: Line, value: float, limit: Limit) -> Line:
        """Returns the line with what is required of `value`, and whether it is met."""
        smoke = self.plan.smoke
        return Line(
            line.what, line.ours, line.against, line.ratio, limit.text(smoke=smoke), limit.met(value, smoke=smoke)
        )


TASK: dict[str, Any] = {"title": TITLE, "description": DESCRIPTION, "priority": "medium", "tags": TAGS}


def in_turn(sides: Sequence[T], pair: int) -> Sequence[T]:
    """Returns the sides in the order of that pair: it alternates, so that neither always has the warmer machine."""
    return sides if pair % 2 == 0 else sides[::-1]


@contextmanager
def cpu_by_part(system: System) -> Generator[dict[str, float]]:
    """Gives the CPU seconds that each part used during the block; they are filled in when it ends."""
    used: dict[str, float] = {}
    before = system.cpu_seconds()
    yield used
    used.update({part: seconds - before[part] for part, seconds in system.cpu_seconds().items()})


def cpu_text(used: dict[str, float], operations: int) -> str:
    """Returns the microseconds of CPU per operation, the most expensive part first."""
    ranked = sorted(used.items(), key=lambda item: -item[1])
    return ", ".join(f"{part} {1e6 * seconds / operations:.0f} µs" for part, seconds in ranked if seconds > 0)


async def sign_up(system: System, email: str = "bench@example.org") -> tuple[str, str]:
    """Signs a user up; returns a token for the API and the user's id."""
    credentials = {"email": email, "password": "a bench of five pairs", "timezone": "Europe/Berlin"}
    async with httpx.AsyncClient(base_url=f"{system.url}{API}", timeout=15) as client:
        (await client.post("/auth/register", json=credentials)).raise_for_status()
        (await client.post("/auth/login", json={k: credentials[k] for k in ("email", "password")})).raise_for_status()
        token = await client.post("/tokens", json={"name": "bench", "scopes": ["read", "write"], "expires_in_days": 1})
        me = await client.get("/me")
        return str(token.raise_for_status().json()["token"]), str(me.raise_for_status().json()["id"])
