"""The load processes: an HTTP client that survives any split of the bytes, a loop that counts right, a reader of streams."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from load.bench.clients.creates import run as run_creates
from load.bench.clients.http import connect, request
from load.bench.clients.loop import closed_loop
from load.bench.clients.subscriber import Seen, Stream

pytestmark = pytest.mark.contract

ANSWER = b'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nContent-Length: 10\r\n\r\n{"id":"x"}'


@asynccontextmanager
async def serving(answer: bytes, step: int) -> AsyncGenerator[str]:
    """A server that answers each request in pieces of `step` bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                for at in range(0, len(answer), step):
                    writer.write(answer[at : at + step])
                    await writer.drain()
                    await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/tasks"
        await asyncio.sleep(0.05)  # the server's side of each connection closes too


@pytest.mark.parametrize("step", [1, 7, 1000])
async def test_an_answer_is_whole_however_it_was_split(step: int) -> None:
    async with serving(ANSWER, step) as url:
        connection = await connect(url)
        for _ in range(3):
            assert await connection.ask(request("POST", url, {}, b"{}")) == (201, b'{"id":"x"}')
        connection.close()


async def test_a_server_that_hangs_up_is_an_error() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        connection = await connect(url)
        with pytest.raises(ConnectionError):
            await connection.ask(request("GET", url, {}))
        connection.close()
        await asyncio.sleep(0.05)


async def test_creates_note_every_acknowledged_id() -> None:
    async with serving(ANSWER, 1000) as url:
        order: dict[str, Any] = {"url": url, "headers": {}, "body": {"title": "@NUMBER@"}}
        result = await run_creates(order | {"workers": 2, "seconds": 0.1, "warm_seconds": 0.05})
    assert result["errors"] == 0
    assert len(result["acknowledged"]) >= result["count"] > 0


async def test_creates_count_another_status_as_an_error() -> None:
    async with serving(ANSWER.replace(b"201", b"503"), 1000) as url:
        order: dict[str, Any] = {"url": url, "headers": {}, "body": {"title": "@NUMBER@"}}
        result = await run_creates(order | {"workers": 2, "seconds": 0.1, "warm_seconds": 0.0})
    assert result["errors"] > 0
    assert "503" in result["first_error"]


async def test_a_loop_leaves_its_warm_up_out_but_not_the_errors_of_it() -> None:
    calls = 0

    async def work(_: int) -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.01)
        if calls == 1:
            raise ConnectionError("not yet")

    result = await closed_loop(work, workers=1, seconds=0.1, warm_seconds=0.1)
    assert result["errors"] == 1
    assert 0 < result["count"] < calls
    assert result["latency"]["p50"] >= 10


async def test_a_stream_is_read_through_chunks_and_batches() -> None:
    seen = Seen()
    stream = Stream(seen)
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    single = b'event: task.created\ndata: {"type": "task.created", "task_id": "a"}\n\n'
    batch = b'event: batch\ndata: {"position": 3, "events": [{"type": "task.created", "task_id": "b"}]}\n\n'
    hello = b'event: hello\ndata: {"position": 1}\n\n: beat\n\n'
    text = head + b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (hello, single, batch))
    for at in range(0, len(text), 5):
        stream.data_received(text[at : at + 5])
    assert stream.opened.done()
    assert set(seen.arrivals) == {"a", "b"}


async def test_a_stream_that_is_refused_is_not_open() -> None:
    stream = Stream(Seen())
    stream.data_received(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n")
    with pytest.raises(ConnectionError):
        await stream.opened
