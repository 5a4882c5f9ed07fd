"""Calls over kept-alive connections: one for each open call, reused, and never with the answer to another call."""

import asyncio
from urllib.parse import urlsplit

import pytest

import host.dapr.http
from host.dapr.http import SidecarError, SidecarHttp
from host.dapr.listener import Headers
from tests.fakes.sidecar_listener import listening

pytestmark = pytest.mark.unit


class FakeSidecar:
    """Answers with the body it got, once `gate` is open; `status` is what it says."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.status = 200
        self.seen: list[tuple[str, str, bytes, bytes]] = []

    async def __call__(self, method: str, path: str, headers: Headers, body: bytes) -> tuple[int, bytes]:
        self.seen.append((method, path, dict(headers).get(b"dapr-api-token", b""), body))
        await self.gate.wait()
        return self.status, body


def calls_to(url: str, token: str = "") -> SidecarHttp:
    return SidecarHttp(urlsplit(url).port or 0, token)


async def test_a_call_names_the_actor_and_brings_the_token() -> None:
    sidecar = FakeSidecar()
    async with listening(sidecar) as url:
        calls = calls_to(url, "secret")
        assert await calls.call("TaskActor", "t1", "turn", b'{"a":1}') == b'{"a":1}'
        calls.close()
    assert sidecar.seen == [("PUT", "/v1.0/actors/TaskActor/t1/method/turn", b"secret", b'{"a":1}')]


async def test_state_is_saved_and_read_by_its_path() -> None:
    sidecar = FakeSidecar()
    async with listening(sidecar) as url:
        calls = calls_to(url)
        sidecar.status = 204
        await calls.save("TaskActor", "t1", b"[1]")
        assert await calls.read("TaskActor", "t1", "doc") == b"", "there is none"
        calls.close()
    assert [seen[:2] for seen in sidecar.seen] == [
        ("POST", "/v1.0/actors/TaskActor/t1/state"),
        ("GET", "/v1.0/actors/TaskActor/t1/state/doc"),
    ]


async def test_calls_at_once_get_their_own_answers() -> None:
    async with listening(FakeSidecar()) as url:
        calls = calls_to(url)
        for _ in range(3):
            bodies = [b"x" * n for n in range(1, 40)]
            assert await asyncio.gather(*(calls.call("T", "t", "m", body) for body in bodies)) == bodies
        calls.close()


async def test_an_answer_of_a_megabyte_is_whole() -> None:
    async with listening(FakeSidecar()) as url:
        calls = calls_to(url)
        assert len(await calls.call("T", "t", "m", b"y" * 1_000_000)) == 1_000_000
        calls.close()


async def test_another_status_is_a_failed_call_and_the_connection_is_kept() -> None:
    sidecar = FakeSidecar()
    async with listening(sidecar) as url:
        calls = calls_to(url)
        sidecar.status = 500
        with pytest.raises(SidecarError, match="500"):
            await calls.call("T", "t", "m", b"{}")
        sidecar.status = 200
        assert await calls.call("T", "t", "m", b"{}") == b"{}"
        calls.close()


async def test_a_call_that_was_given_up_leaves_no_answer_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.dapr.http, "CALL_SECONDS", 0.1)
    sidecar = FakeSidecar()
    async with listening(sidecar) as url:
        calls = calls_to(url)
        sidecar.gate.clear()
        with pytest.raises(TimeoutError):
            await calls.call("T", "t", "m", b"first")
        sidecar.gate.set()
        assert await calls.call("T", "t", "m", b"second") == b"second"
        calls.close()


async def test_a_sidecar_that_comes_back_is_reached_again() -> None:
    async with listening(FakeSidecar()) as url:
        calls = calls_to(url)
        await calls.call("T", "t", "m", b"{}")
    await asyncio.sleep(0.05)
    with pytest.raises(OSError, match="onnect"):
        await calls.call("T", "t", "m", b"{}")
    calls.close()


async def test_a_connection_that_breaks_during_a_call_is_an_outage() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        calls = SidecarHttp(server.sockets[0].getsockname()[1])
        with pytest.raises(ConnectionError):
            await calls.call("T", "t", "m", b"")
        calls.close()


async def test_what_a_burst_opened_is_closed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.dapr.http, "MOST_FREE", 3)
    sidecar = FakeSidecar()
    async with listening(sidecar) as url:
        calls = calls_to(url)
        sidecar.gate.clear()
        burst = asyncio.gather(*(calls.call("T", "t", "m", b"{}") for _ in range(20)))
        while len(sidecar.seen) < 20:
            await asyncio.sleep(0.01)
        sidecar.gate.set()
        await burst
        assert len(calls._free) == 3
        calls.close()


async def test_an_interim_answer_is_not_taken_for_the_answer() -> None:
    async def hint_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for name in (b"first", b"second"):
            await reader.readuntil(b"\r\n\r\n")
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name)
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer)
        writer.close()

    server = await asyncio.start_server(hint_first, "127.0.0.1", 0)
    async with server:
        calls = SidecarHttp(server.sockets[0].getsockname()[1])
        assert [await calls.call("T", "t", "m", b"") for _ in range(2)] == [b"first", b"second"]
        calls.close()
