"""The gateway repeats a call until it is answered, and raises Unavailable when its time is over."""

import asyncio
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

import host.dapr.gateway
from host.dapr.gateway import ActorBug, CommandRefused, Gateway, Unavailable
from host.readiness import checks
from tests.fakes.signing import signatures

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
    monkeypatch.setattr(host.dapr.gateway, "_PAUSES_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(host.dapr.gateway, "_DEADLINE_SECONDS", 0.2)


async def test_a_call_that_fails_is_repeated_with_the_same_command() -> None:
    client = FakeClient([outage(), ANSWER])
    reply = await Gateway(client, signatures()).send("TaskActor", "t1", FakeCommand())  # type: ignore[arg-type]
    assert (reply.ok, reply.version) == (True, 3)
    assert client.calls[0] == client.calls[1]
    sent = orjson.loads(client.calls[0][3] or b"")
    assert signatures().fault_of("TaskActor", "t1", sent) == ""
    assert sent.pop("mac").keys() == {"key", "at", "sig"}
    assert sent == {"id": "c1", "title": "5m"}


async def test_a_refusal_is_a_value() -> None:
    error = {"code": "task_not_found", "detail": "no such task", "status": 404, "extra": {}}
    client = FakeClient([orjson.dumps({"ok": False, "error": error})])
    reply = await Gateway(client, signatures()).send("TaskActor", "t1", FakeCommand())  # type: ignore[arg-type]
    assert not reply.ok
    assert reply.error is not None
    assert reply.error.status == 404


async def test_an_outage_that_lasts_is_unavailable() -> None:
    client = FakeClient([outage(), outage(), outage()])
    with pytest.raises(Unavailable, match="connection refused"):
        await Gateway(client, signatures()).tick("TaskActor", "t1")  # type: ignore[arg-type]
    assert len(client.calls) == 3


async def test_a_call_that_hangs_is_unavailable_at_the_deadline() -> None:
    with pytest.raises(Unavailable, match="did not answer"):
        await Gateway(FakeClient([5.0]), signatures()).arm("TaskActor", "t1")  # type: ignore[arg-type]


class HangingClient:
    """A sidecar that answers nothing, until it is `back`."""

    def __init__(self) -> None:
        self.calls, self.back = 0, False

    async def invoke_method(self, _type: str, _id: str, _method: str, _data: bytes | None = None) -> bytes:
        self.calls += 1
        if not self.back:
            await asyncio.Event().wait()
        return ANSWER


async def _said_after(gateway: Gateway) -> float | str:
    """What the actor replied, or after how many seconds it was unavailable."""
    began = time.monotonic()
    try:
        await gateway.send("TaskActor", "t1", FakeCommand())  # type: ignore[arg-type]
    except Unavailable:
        return time.monotonic() - began
    return "answered"


async def test_behind_a_sidecar_that_hangs_only_so_many_wait_and_all_others_hear_at_once() -> None:
    client = HangingClient()
    front = Gateway(client, signatures(), most_in_flight=5)  # type: ignore[arg-type]
    said = await asyncio.gather(*(_said_after(front) for _ in range(50)))
    waited = sorted(seconds for seconds in said if isinstance(seconds, float))
    assert len(waited) == 50
    assert waited[44] < 0.05, "those beyond"
    assert waited[45] > 0.15, "those who wait"
    assert client.calls == 5
    client.back = True
    assert await asyncio.gather(*(_said_after(front) for _ in range(5))) == ["answered"] * 5


async def test_what_fills_one_gateway_leaves_room_in_the_other() -> None:
    client = HangingClient()
    front, chores = Gateway(client, signatures(), most_in_flight=1), Gateway(client, signatures())  # type: ignore[arg-type]
    waiting = asyncio.create_task(_said_after(front))
    await asyncio.sleep(0)
    client.back = True
    assert await asyncio.gather(*(_said_after(chores) for _ in range(20))) == ["answered"] * 20
    assert isinstance(await waiting, float)


BUG = orjson.dumps({"ok": False, "bug": {"fingerprint": "0123456789ab"}})


@pytest.mark.parametrize("method", ["send", "tick", "arm"])
async def test_a_bug_is_raised_at_once(method: str) -> None:
    client = FakeClient([BUG])
    command = [FakeCommand()] if method == "send" else []
    with pytest.raises(ActorBug) as raised:
        await getattr(Gateway(client, signatures()), method)("TaskActor", "t1", *command)  # type: ignore[arg-type]
    assert (raised.value.actor_type, raised.value.fingerprint) == ("TaskActor", "0123456789ab")
    assert len(client.calls) == 1


async def test_a_refused_signature_is_told_at_once_with_what_to_do_and_readiness_says_so_for_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = orjson.dumps({"ok": False, "unsigned": "unknown key"})
    client = FakeClient([refused, ANSWER])
    gateway = Gateway(client, signatures())  # type: ignore[arg-type]
    sidecar: Any = SimpleNamespace(calls=None, metadata=())
    check = checks(SimpleNamespace(), sidecar, "web", "", [gateway])["commands"]  # type: ignore[arg-type]
    assert await check() == "ok"
    with pytest.raises(CommandRefused, match=r"TaskActor refuses.*unknown key.*DUELY_COMMAND_KEY_FILE"):
        await gateway.send("TaskActor", "t1", FakeCommand())  # type: ignore[arg-type]
    assert len(client.calls) == 1, "a repeated one would be refused as well"
    assert "DUELY_COMMAND_KEY_FILE" in await check()
    monkeypatch.setattr(host.dapr.gateway, "_REFUSAL_SECONDS", 0.0)
    assert await check() == "ok"


def test_a_refused_signature_is_an_outage_so_that_consumers_lose_nothing() -> None:
    assert issubclass(CommandRefused, Unavailable)
