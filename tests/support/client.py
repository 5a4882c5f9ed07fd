"""A caller of /api/v1 over HTTP: a person by cookie or a script by token. Its reads show what it has written before."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx

from actors.replies import Json
from tests.support.stream_reader import StreamReader

PASSWORD = "a long enough passphrase"
TIMEOUT_SECONDS = 12.0
CONSISTENCY = "Duely-Consistency"


class UnexpectedAnswerError(AssertionError):
    """The answer has another status than the test expected."""

    def __init__(self, answer: httpx.Response) -> None:
        request = answer.request
        super().__init__(f"{request.method} {request.url.path} answered {answer.status_code}: {answer.text[:600]}")
        self.answer = answer


class Caller:
    """A caller with cookies, a token and connections of its own: `async with Caller(url) as person`.

    `consistency` is the token of what it wrote last.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.token = token
        self.user_id = ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=TIMEOUT_SECONDS)
        self.consistency = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        if_match: int | None = None,
        expect: int | tuple[int, ...] = (200, 201, 204),
        **query: Any,
    ) -> Any:
        """Returns the JSON of the answer; raises UnexpectedAnswerError for another status than expected."""
        answer = await self.send(method, path, body, key=key, if_match=if_match, **query)
        if answer.status_code not in ((expect,) if isinstance(expect, int) else expect):
            raise UnexpectedAnswerError(answer)
        return answer.json() if answer.content else None

    async def send(
        self, method: str, path: str, body: Any = None, *, key: str = "", if_match: int | None = None, **query: Any
    ) -> httpx.Response:
        """Returns the answer, whatever its status."""
        headers = {"Idempotency-Key": key} if key else {}
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        if self.consistency:
            headers[CONSISTENCY] = self.consistency
        answer = await self.http.request(method, path, json=body, headers=headers, params=query or None)
        self.saw(answer.headers.get(CONSISTENCY, self.consistency))
        return answer

    def saw(self, token: str) -> None:
        """Makes later reads show what the token stands for."""
        self.consistency = token

    # --- accounts

    async def sign_up(self, zone: str = "UTC", email: str = "") -> Self:
        email = email or f"{uuid.uuid4().hex[:12]}@example.org"
        made = await self.call("POST", "/auth/register", {"email": email, "password": PASSWORD, "timezone": zone})
        self.user_id = made["user"]["id"]
        return self

    async def new_token(self, *scopes: str) -> str:
        body = {"name": "test", "scopes": list(scopes or ("read", "write")), "expires_in_days": 1}
        token: str = (await self.call("POST", "/tokens", body))["token"]
        return token

    # --- tasks

    async def create(self, title: str, *, key: str = "", **fields: Any) -> Json:
        task: Json = await self.call("POST", "/tasks", {"title": title, **fields}, key=key, expect=201)
        return task

    async def task(self, task_id: str) -> Json:
        task: Json = await self.call("GET", f"/tasks/{task_id}")
        return task

    async def patch(self, task_id: str, *, key: str = "", if_match: int | None = None, **fields: Any) -> Json:
        task: Json = await self.call("PATCH", f"/tasks/{task_id}", fields, key=key, if_match=if_match)
        return task

    async def do(self, task_id: str, what: str, body: Any = None) -> Json:
        """Sends a command of a task: complete, reopen, restore, purge, snooze or acknowledge."""
        task: Json = await self.call("POST", f"/tasks/{task_id}/{what}", {} if body is None else body)
        return task

    async def delete(self, task_id: str) -> Json:
        task: Json = await self.call("DELETE", f"/tasks/{task_id}")
        return task

    async def items(self, path: str, **query: Any) -> list[Json]:
        items: list[Json] = (await self.call("GET", path, **query))["items"]
        return items

    async def whole_activity(self) -> list[Json]:
        """Returns every entry, oldest first."""
        entries: list[Json] = []
        query: Json = {"limit": 200}
        while True:
            page = await self.call("GET", "/activity", **query)
            entries += page["items"]
            if not page["next_cursor"]:
                return entries[::-1]
            query["before"] = page["next_cursor"]

    def stream(self, after: int | None = None) -> StreamReader:
        """Returns a reader of its live stream, for `async with`; it reconnects by itself and goes on where it was."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return StreamReader(f"{self.url}/api/v1/stream", headers, after)


@asynccontextmanager
async def signed_up(url: str) -> AsyncIterator[Caller]:
    """Opens a caller for a new person in UTC."""
    async with Caller(url) as caller:
        yield await caller.sign_up()


def instant(seconds_from_now: float) -> str:
    """Returns an RFC 3339 instant, to the millisecond."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds_from_now)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def past(moment: str, seconds: float = 0.0) -> None:
    """Waits until so many seconds have gone by since that instant."""
    await asyncio.sleep((parsed(moment) - datetime.now(UTC)).total_seconds() + seconds)
