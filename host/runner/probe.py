"""HTTP requests by which the runner finds out whether a part can be used."""

import asyncio

_TIMEOUT_SECONDS = 2
_GOOD = range(200, 300)


async def http_ok(port: int, path: str, host: str = "127.0.0.1", token: str = "") -> str:
    """Returns "" when GET answers 2xx, else what it answers."""
    try:
        status, body = await http_get(port, path, host, token)
    except (OSError, ValueError):
        return f"nothing answers at {host}:{port}"
    return "" if status in _GOOD else f"{path} answers {status} {body[:300]}".strip()


async def http_get(port: int, path: str, host: str = "127.0.0.1", token: str = "") -> tuple[int, str]:
    """Returns status and body of one GET over a new connection; the runner needs no HTTP client for more than this.

    Raises OSError when there is no complete answer in time, ValueError when the answer is not HTTP.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n"
    if token:
        request += f"Authorization: Bearer {token}\r\n"
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(f"{request}\r\n".encode())
            await writer.drain()
            return await _read_answer(reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionError(f"half an answer from {host}:{port}") from error
        finally:
            writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Reads status and body: as many bytes as the head says, or until the connection ends."""
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
    _, status, *_ = first.split(maxsplit=2)
    headers = {name.lower(): value for name, _, value in (line.partition(":") for line in rest)}
    length = headers.get("content-length")
    body = await (reader.read() if length is None else reader.readexactly(int(length)))
    return int(status), body.decode(errors="replace")
