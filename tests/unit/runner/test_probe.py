"""The answer of a part is read in full, in whatever pieces it comes; half an answer is none."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

from host.runner.probe import http_get, http_ok

pytestmark = pytest.mark.unit

HEAD = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 12\r\n\r\n"
APART_SECONDS = 0.05


@asynccontextmanager
async def answering(pieces: Sequence[bytes], *, closes: bool = False) -> AsyncGenerator[tuple[int, list[bytes]]]:
    """A server that sends the pieces one after the other; its port, and what it was asked."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError, OSError):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(APART_SECONDS)
            if not closes:
                await reader.read()  # as one that keeps its connections
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


async def test_head_and_body_that_come_apart_are_one_answer() -> None:
    async with answering([HEAD, b"half ", b"and hal"]) as (port, _):
        assert await http_get(port, "/") == (503, "half and hal")
    async with answering([HEAD[:20], HEAD[20:] + b"half ", b"and hal"]) as (port, _):
        assert await http_ok(port, "/x") == "/x answers 503 half and hal"


async def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    async with answering([b"HTTP/1.1 200 OK\r\n\r\n", b"all ", b"of it"], closes=True) as (port, _):
        assert await http_get(port, "/") == (200, "all of it")


@pytest.mark.parametrize("pieces", [[], [HEAD[:30]], [HEAD, b"half"], [b"nonsense\r\n\r\n"]])
async def test_half_an_answer_is_none(pieces: list[bytes]) -> None:
    async with answering(pieces, closes=True) as (port, _):
        assert await http_ok(port, "/") == f"nothing answers at 127.0.0.1:{port}"
        with pytest.raises((OSError, ValueError)):
            await http_get(port, "/")


async def test_a_token_is_shown_and_nothing_is_where_there_is_none() -> None:
    async with answering([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]) as (port, asked):
        assert await http_ok(port, "/a", token="secret") == ""
        assert await http_ok(port, "/b") == ""
    assert [b"Authorization: Bearer secret\r\n" in request for request in asked] == [True, False]
