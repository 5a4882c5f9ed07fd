"""The listener: requests in any pieces, malformed requests, and a stop that lets open calls end."""

import asyncio
import contextlib
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from host.dapr import listener
from host.dapr.listener import LARGEST_HEAD, Headers, SidecarListener
from tests.fakes.sidecar_listener import is_open, listening

pytestmark = pytest.mark.unit

REQUEST = b"PUT /actors/T/1/method/turn?x=1 HTTP/1.1\r\nHost: h\r\nDapr-Api-Token: s\r\nContent-Length: 4\r\n\r\nbody"


async def echo(method: str, path: str, headers: Headers, body: bytes) -> tuple[int, bytes]:
    return 200, b"|".join((method.encode(), path.encode(), dict(headers)[b"dapr-api-token"], body))


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", urlsplit(url).port)


@pytest.mark.parametrize("step", [1, 9, 1000])
async def test_a_call_is_whole_however_it_was_split(step: int) -> None:
    async with listening(echo) as url:
        reader, writer = await connect(url)
        for _ in range(2):
            for at in range(0, len(REQUEST), step):
                writer.write(REQUEST[at : at + step])
                await writer.drain()
                await asyncio.sleep(0)
            answer = await reader.readuntil(b"s|body")
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert answer.endswith(b"PUT|/actors/T/1/method/turn|s|body")
        writer.close()


async def test_a_delivery_of_the_largest_events_is_taken_and_what_is_larger_is_not() -> None:
    async def size(_method: str, _path: str, _headers: Headers, body: bytes) -> tuple[int, bytes]:
        return 200, b"%d bytes" % len(body)

    async def ask(bytes_of_body: int) -> bytes:
        reader, writer = await connect(url)
        writer.write(b"POST /events/x HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % bytes_of_body)
        try:
            for _ in range(bytes_of_body // 1_000_000):
                writer.write(b"x" * 1_000_000)
                await writer.drain()
            return await reader.read(200)
        except ConnectionError:
            return b""
        finally:
            writer.close()

    async with listening(size) as url:
        assert (await ask(34_000_000)).endswith(b"34000000 bytes")
        assert await ask(60_000_000) == b""


async def test_what_is_no_http_ends_its_connection_alone() -> None:
    async with listening(echo) as url:
        reader, writer = await connect(url)
        writer.write(b"\x00\x01nonsense\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        reader, writer = await connect(url)
        writer.write(REQUEST)
        assert b"200 OK" in await reader.readuntil(b"s|body")
        writer.close()


@pytest.mark.parametrize(
    ("begun", "part"),
    [
        (b"PUT /", b"a" * 65_536),
        (b"PUT / HTTP/1.1\r\nA: ", b"a" * 65_536),
        (b"PUT / HTTP/1.1\r\n", b"A: b\r\n" * 10_000),
        (b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n" * 10_000),
        (b"", b"\r\n" * 32_768),
        (b"", REQUEST * 1_000),
    ],
)
async def test_what_never_ends_is_cut_off(begun: bytes, part: bytes) -> None:
    calls = 0

    async def slow(_method: str, _path: str, _headers: Headers, _body: bytes) -> tuple[int, bytes]:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.3)
        return 200, b""

    async with listening(slow) as url:
        reader, writer = await connect(url)
        writer.write(begun)
        with suppress(ConnectionError):
            for _ in range(200):
                writer.write(part)
                await writer.drain()
            raise AssertionError("all of it was taken")
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        assert calls <= 1


async def test_a_call_that_does_not_come_whole_ends_and_an_idle_connection_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "LONGEST_CALL_SECONDS", 0.2)
    monkeypatch.setattr(listener, "_LOOK_SECONDS", 0.1)
    async with listening(echo) as url:
        (idle, idle_writer), (late, late_writer) = await connect(url), await connect(url)
        late_writer.write(REQUEST[:-1])
        async with asyncio.timeout(3):
            assert await late.read() == b""
        late_writer.close()
        await asyncio.sleep(0.3)
        idle_writer.write(REQUEST)
        assert b"200 OK" in await idle.readuntil(b"s|body")
        idle_writer.close()


async def test_so_many_connections_are_taken_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "MOST_CONNECTIONS", 2)
    async with listening(echo) as url:
        connections = [await connect(url) for _ in range(3)]
        assert await connections[2][0].read() == b""
        connections[1][1].write(REQUEST)
        assert b"200 OK" in await connections[1][0].readuntil(b"s|body")
        for _, writer in connections:
            writer.close()


async def test_the_end_waits_for_open_calls_and_answers_them() -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def slow(_method: str, _path: str, _headers: Headers, _body: bytes) -> tuple[int, bytes]:
        begun.set()
        await gate.wait()
        return 200, b"late"

    async with listening(slow) as url:
        reader, writer = await connect(url)
        writer.write(REQUEST)
        await begun.wait()
        asyncio.get_running_loop().call_later(0.1, gate.set)
    assert (await reader.read()).endswith(b"late")
    writer.close()
    assert not is_open(urlsplit(url).port or 0)


async def test_an_answer_that_fails_ends_the_connection() -> None:
    async def broken(_method: str, _path: str, _headers: Headers, _body: bytes) -> tuple[int, bytes]:
        raise AssertionError("a bug")

    async with listening(broken) as url:
        reader, writer = await connect(url)
        writer.write(REQUEST)
        assert await asyncio.wait_for(reader.read(), 2) == b"", "the sidecar would wait for ever"
        writer.close()


async def test_at_the_end_no_call_is_begun_whose_answer_nobody_would_get() -> None:
    begun: list[bytes] = []
    gate = asyncio.Event()

    async def slow(_method: str, _path: str, _headers: Headers, body: bytes) -> tuple[int, bytes]:
        begun.append(body)
        await gate.wait()
        return 200, b"late"

    async with listening(slow) as url:
        idle_reader, idle = await connect(url)
        reader, writer = await connect(url)
        writer.write(REQUEST)
        while not begun:
            await asyncio.sleep(0.01)

        def ask_late() -> None:
            idle.write(REQUEST)
            asyncio.get_running_loop().call_later(0.1, gate.set)

        asyncio.get_running_loop().call_later(0.1, ask_late)
    assert (await reader.read()).endswith(b"late")
    assert len(begun) == 1
    for end in (idle, writer):
        end.close()
    assert await idle_reader.read() == b""


async def test_a_taken_port_is_an_error() -> None:
    async with listening(echo) as url:
        with pytest.raises(OSError, match="in use"):
            await SidecarListener(echo, urlsplit(url).port or 0).serve()


async def test_a_refused_caller_is_answered_before_the_body_and_called_nothing() -> None:
    def nobody(_path: str, _headers: Headers) -> None:
        return None

    async with listening(never, nobody) as url:
        reader, writer = await connect(url)
        writer.write(b"PUT /actors/T/1/method/turn HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n")
        assert (await reader.read(-1)).startswith(b"HTTP/1.1 403 ")
        writer.close()


async def test_a_body_that_has_no_room_ends_the_connection() -> None:
    async with listening(never, lambda _path, _headers: 0) as url:
        reader, writer = await connect(url)
        writer.write(REQUEST.replace(b"Length: 4", b"Length: 400000") + b"x" * 300_000)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(-1), 5) == b""
        writer.close()


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n0\r\n"


@pytest.mark.parametrize("endless", [b"X: ", b"X: y\r\n", CHUNKED + b"X: "], ids=["one header", "headers", "a trailer"])
async def test_a_head_without_end_is_not_kept(endless: bytes) -> None:
    async with listening(never, lambda _path, _headers: 0) as url:
        reader, writer = await connect(url)
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n" + endless)
        for _ in range(8):
            writer.write(endless[:6] * (LARGEST_HEAD // 8) if endless.endswith(b"\n") else b"x" * LARGEST_HEAD)
            await asyncio.sleep(0.01)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(-1), 5) == b""
        writer.close()


async def never(_method: str, _path: str, _headers: Headers, _body: bytes) -> tuple[int, bytes]:
    raise AssertionError("called")
