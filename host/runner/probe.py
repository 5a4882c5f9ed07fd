"""Asks parts whether they can be used. Each answer is what is still missing, "" when nothing is."""

import asyncio

_TIMEOUT_SECONDS = 2
_GOOD = range(200, 300)


async def http_ok(port: int, path: str, host: str = "127.0.0.1", token: str = "") -> str:
    """Whether GET answers 2xx."""
    try:
        status, body = await http_get(port, path, host, token)
    except (OSError, ValueError):
        return f"nothing answers at {host}:{port}"
    return "" if status in _GOOD else f"{path} answers {status} {body[:300]}".strip()


async def http_get(port: int, path: str, host: str = "127.0.0.1", token: str = "") -> tuple[int, str]:
    """Status and body of one GET over a connection of its own; the runner needs no HTTP client for more than this.

    Raises OSError where nothing answers in time or in full, ValueError where it is no HTTP.
    """
    asked = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n"
    if token:
        asked += f"Authorization: Bearer {token}\r\n"
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(f"{asked}\r\n".encode())
            await writer.drain()
            return await _answer(reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionError(f"half an answer from {host}:{port}") from error
        finally:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str]:
    """The body comes when it likes: so long as the head says, or until the connection ends."""
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
    _, status, *_ = first.split(maxsplit=2)
    headers = {name.lower(): value for name, _, value in (line.partition(":") for line in rest)}
    length = headers.get("content-length")
    body = await (reader.read() if length is None else reader.readexactly(int(length)))
    return int(status), body.decode(errors="replace")
