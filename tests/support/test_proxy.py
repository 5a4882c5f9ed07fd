"""Each mode of the proxy does to a connection what its name says."""

import asyncio
import contextlib
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest

from tests.support.deadline import eventually
from tests.support.proxy import Link

pytestmark = pytest.mark.unit

SILENCE_SECONDS = 0.3
ANSWER_SECONDS = 2.0
DELAY_SECONDS = 0.1
Ends: TypeAlias = tuple[StreamReader, StreamWriter]


class Echo:
    """A server that sends back what it gets, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(100):
                self.heard += data
                writer.write(data)
        writer.close()


@dataclass(slots=True)
class Way:
    """A server, and a link that leads to it."""

    server: Echo
    link: Link
    port: int
    writers: list[StreamWriter] = field(default_factory=list[StreamWriter])

    async def dial(self) -> Ends:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        return reader, writer


@pytest.fixture
async def way() -> AsyncIterator[Way]:
    server = Echo()
    serving = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    link = Link(f"127.0.0.1:{serving.sockets[0].getsockname()[1]}")
    linking = await link.serve(0)
    way = Way(server, link, linking.sockets[0].getsockname()[1])
    yield way
    for writer in way.writers:
        writer.close()
    link.set("reset")
    linking.close()
    serving.close()
    await asyncio.sleep(0.05)


async def _say(reader: StreamReader, writer: StreamWriter, words: bytes) -> bytes:
    """Sends the words and returns the answer; raises ConnectionError when the connection is cut."""
    writer.write(words)
    async with asyncio.timeout(ANSWER_SECONDS):
        answer = await reader.read(100)
    if not answer:
        raise ConnectionError("closed")
    return answer


async def _is_silent_to(reader: StreamReader, writer: StreamWriter, words: bytes) -> bool:
    """Sends the words; returns whether no answer comes."""
    writer.write(words)
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            await reader.read(100)
    except TimeoutError:
        return True
    return False


async def test_open_lets_everything_through(way: Way) -> None:
    ends = await way.dial()
    assert await _say(*ends, b"one") == b"one"
    assert way.link.passed == 6


async def test_a_partition_holds_what_is_sent_and_brings_it_later(way: Way) -> None:
    ends = await way.dial()
    assert await _say(*ends, b"one") == b"one"
    way.link.set("partition")
    assert await _is_silent_to(*ends, b"two")
    late = await way.dial()
    assert await _is_silent_to(*late, b"three")
    assert way.server.heard == b"one"
    way.link.set("open")
    assert await ends[0].read(100) == b"two"
    assert await late[0].read(100) == b"three"


async def test_half_open_lets_requests_through_and_loses_answers_until_the_connection_is_cut(
    way: Way,
) -> None:
    ends = await way.dial()
    assert await _say(*ends, b"one") == b"one"
    way.link.set("half_open")
    assert await _is_silent_to(*ends, b"two")
    await eventually(lambda: way.server.heard == b"onetwo", ANSWER_SECONDS, "the request comes through")
    way.link.set("open")
    with pytest.raises(ConnectionError):
        await _say(*ends, b"three")
    assert await _say(*await way.dial(), b"four") == b"four"


async def test_delay_brings_everything_late(way: Way) -> None:
    ends = await way.dial()
    way.link.set("delay", DELAY_SECONDS)
    began = time.monotonic()
    assert await _say(*ends, b"one") == b"one"
    assert time.monotonic() - began >= 2 * DELAY_SECONDS, "once on the way there, once on the way back"


async def test_reset_cuts_open_connections_and_new_ones(way: Way) -> None:
    ends = await way.dial()
    assert await _say(*ends, b"one") == b"one"
    way.link.set("reset")
    with pytest.raises(ConnectionError):
        await _say(*ends, b"two")
    with pytest.raises(ConnectionError):
        await _say(*await way.dial(), b"three")
    way.link.set("open")
    assert await _say(*await way.dial(), b"four") == b"four"


async def test_buffer_holds_an_answer_back_until_it_has_ended(way: Way) -> None:
    asked: list[bytes] = []
    may_end = asyncio.Event()

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"begun ")
        await may_end.wait()
        writer.write(b"ended")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as serving:
        way.link.target = f"127.0.0.1:{serving.sockets[0].getsockname()[1]}"
        open_before = await way.dial()
        way.link.set("buffer")
        with pytest.raises(ConnectionError):
            await _say(*open_before, b"GET / HTTP/1.1\r\n\r\n")
        ends = await way.dial()
        assert await _is_silent_to(*ends, b"GET / HTTP/1.1\r\nconnection: keep-alive\r\nHost: a\r\n\r\n")
        may_end.set()
        async with asyncio.timeout(ANSWER_SECONDS):
            assert await ends[0].read() == b"begun ended"
    assert asked == [b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]
