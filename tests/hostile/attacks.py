"""The attacks, each for some seconds from an address of its own: `python -m tests.hostile.attacks NAME PORT SECONDS`.

A process of its own that takes only what others leave of the processor: a real attacker has a machine of his own, and
what an attack costs him slows down nobody here. A session, where one is needed, comes by standard input. Prints how many requests or megabytes it got rid of.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping

ADDRESS = "127.0.0.2"  # of loopback as well, and counted for itself
CONNECTIONS = 20
HOST = b"Host: x\r\n"
MEGABYTE = b"a" * 65_536
LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = LOGIN + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n"

# What is begun on each connection, and what then comes for ever.
ENDLESS: Mapping[str, tuple[bytes, bytes]] = {
    "endless url": (b"GET /", MEGABYTE),
    "endless header": (b"GET / HTTP/1.1\r\nHost: x\r\nA: ", MEGABYTE),
    "endless headers": (b"GET / HTTP/1.1\r\nHost: x\r\n", b"A: b\r\n" * 10_000),
    "endless trailers": (CHUNKED + b"0\r\n", b"A: b\r\n" * 10_000),
    "endless extension": (CHUNKED + b"1;", MEGABYTE),
    "endless body": (LOGIN + b"Content-Length: 99999999999\r\n\r\n", MEGABYTE),
    "endless chunks": (CHUNKED, b"1\r\na\r\n" * 10_000),
    "endless pipeline": (b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000),
}


def _post(body: bytes) -> bytes:
    return LOGIN + b"Content-Length: %d\r\n\r\n" % len(body) + body


# One request again and again.
REPEATED: Mapping[str, bytes] = {
    "unknown fields": _post(json.dumps({f"k{number}": 1 for number in range(20_000)}).encode()),
    "many faults": _post(json.dumps({f"k{number}": 1 for number in range(1_990)}).encode()),
    "many lists": _post(b"[" + b"[]," * 80_000 + b"[]]"),
    "deep lists": _post(b"[" * 200_000),
    "long strings": _post(b'{"email":"' + b"\\u0041" * 40_000 + b'"}'),
    "long query": b"GET /api/v1/tasks?" + b"a&" * 30_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long cookie": b'GET /api/v1/tasks HTTP/1.1\r\nHost: x\r\nCookie: a="' + b'\\"' * 30_000 + b'"\r\n\r\n',
    "many cookies": b"GET /api/v1/tasks HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b;" * 15_000 + b"\r\n\r\n",
    "wrong password": _post(b'{"email":"ada@example.org","password":"a guess of mine"}'),
    "nothing there": b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
    "long path": b"GET /" + b"%41" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


async def _endless(port: int, begun: bytes, part: bytes) -> int:
    """Megabytes that were taken before the other side hung up."""
    sent = 0
    async with _connection(port) as (reader, writer):
        writer.write(begun)
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
                sent += len(part)
                reader._buffer.clear()  # type: ignore[attr-defined]  # of no interest
    return sent


async def _repeated(port: int, request: bytes) -> int:
    sent = 0
    async with _connection(port) as (reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                writer.write(request)
                await writer.drain()
                head = await reader.readuntil(b"\r\n\r\n")
                fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
                await reader.readexactly(int(fields.get(b"content-length", b"0")))
                sent += 1
    return sent


async def _half_open(port: int) -> int:
    """500 connections that never come to an end of their heads."""
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(500):
            _, writer = await stack.enter_async_context(_connection(port))
            writer.write(b"GET / HTTP/1.1\r\nHost:")
        await asyncio.sleep(3600)
    return 0


async def _deaf(port: int, session: str) -> int:
    """Asks for much and takes nothing of it."""
    async with contextlib.AsyncExitStack() as stack:
        request = (
            f"GET /api/v1/tasks?per_page=200 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {session}\r\n\r\n".encode()
        )
        for _ in range(20):
            reader, writer = await stack.enter_async_context(_connection(port))
            reader._transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(request * 10)
        await asyncio.sleep(3600)
    return 0


@contextlib.asynccontextmanager
async def _connection(port: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(ADDRESS, 0))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def _for_ever(once: Callable[[], Awaitable[int]], total: list[int]) -> None:
    while True:
        with contextlib.suppress(OSError, TimeoutError):
            total[0] += await once()


async def main(name: str, port: int, seconds: float) -> None:
    os.nice(19)
    session = sys.stdin.read().strip()
    attack: Callable[[], Awaitable[int]]
    width = CONNECTIONS
    if name in ENDLESS:
        attack = lambda: _endless(port, *ENDLESS[name])  # noqa: E731
    elif name in REPEATED:
        attack, width = (lambda: _repeated(port, REPEATED[name])), 4
    else:
        attack, width = {"half open": lambda: _half_open(port), "deaf": lambda: _deaf(port, session)}[name], 1
    total = [0]
    # Whatever the attack is at then: some of it is never in a place where it could be cancelled.
    asyncio.get_running_loop().call_later(seconds, _end, total)
    await asyncio.gather(*(_for_ever(attack, total) for _ in range(width)))


def _end(total: list[int]) -> None:
    print(total[0], flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
