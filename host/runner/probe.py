"""Asks parts whether they can be used. Each answer is what is still missing, "" when nothing is."""

import asyncio

_TIMEOUT_SECONDS = 2
_GOOD = range(200, 300)


async def http_ok(port: int, path: str, host: str = "127.0.0.1") -> str:
    """Whether GET answers 2xx."""
    try:
        status, body = await http_get(port, path, host)
    except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
        return f"nothing answers at {host}:{port}"
    return "" if status in _GOOD else f"{path} answers {status} {body[:300]}".strip()


async def http_get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    """Status and body of one GET over a connection of its own; the runner needs no HTTP client for more than this."""
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            answer = await reader.read(65_536)
        finally:
            writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(maxsplit=2)[1]), body.decode(errors="replace")
