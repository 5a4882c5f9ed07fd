"""The gateway repeats a call until it is answered, and says Unavailable when its time is over."""

import asyncio
from collections.abc import Sequence

import orjson
import pytest

import host.gateway
from host.gateway import Gateway, Unavailable

pytestmark = pytest.mark.unit


class FakeClient:
    """Answers with what it was given, in order; an exception is raised, a float is slept."""

    def __init__(self, answers: Sequence[bytes | BaseException | float]) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, str, str, bytes | None]] = []

    async def invoke_method(self, actor_type: str, actor_id: str, method: str, data: bytes | None = None) -> bytes:
        self.calls.append((actor_type, actor_id, method, data))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return b"{}"
        return answer


class FakeCommand:
    def to_wire(self) -> dict[str, str]:
        return {"id": "c1", "title": "5m"}


def outage() -> OSError:
    return ConnectionRefusedError("connection refused")


ANSWER = orjson.dumps({"ok": True, "value": {"id": "t1"}, "version": 3})


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.gateway, "_PAUSES_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(host.gateway, "_DEADLINE_SECONDS", 0.2)


async def test_a_call_that_fails_is_repeated_with_the_same_command() -> None:
    client = FakeClient([outage(), ANSWER])
    reply = await Gateway(client).send("TaskActor", "t1", FakeCommand())  # type: ignore[arg-type]
    assert (reply.ok, reply.version) == (True, 3)
    assert client.calls[0] == client.calls[1]
    assert orjson.loads(client.calls[0][3] or b"") == {"id": "c1", "title": "5m"}


async def test_a_refusal_is_a_value() -> None:
    error = {"code": "task_not_found", "detail": "no such task", "status": 404, "extra": {}}
    client = FakeClient([orjson.dumps({"ok": False, "error": error})])
    reply = await Gateway(client).send("TaskActor", "t1", FakeCommand())  # type: ignore[arg-type]
    assert not reply.ok
    assert reply.error is not None
    assert reply.error.status == 404


async def test_an_outage_that_lasts_is_unavailable() -> None:
    client = FakeClient([outage(), outage(), outage()])
    with pytest.raises(Unavailable, match="connection refused"):
        await Gateway(client).tick("TaskActor", "t1")  # type: ignore[arg-type]
    assert len(client.calls) == 3


async def test_a_call_that_hangs_is_unavailable_at_the_deadline() -> None:
    with pytest.raises(Unavailable, match="did not answer"):
        await Gateway(FakeClient([5.0])).arm("TaskActor", "t1")  # type: ignore[arg-type]
