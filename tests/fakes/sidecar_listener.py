"""The real listener for the sidecar on a free port, with any app behind it."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from host.dapr.listener import Answer, Room, SidecarListener, room_for_anybody


@asynccontextmanager
async def listening(answer: Answer, room: Room = room_for_anybody) -> AsyncGenerator[str]:
    """Yields its URL; stops it at the end as the process does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    listener = SidecarListener(answer, port, room)
    task = asyncio.create_task(listener.serve())
    await asyncio.sleep(0)
    while not is_open(port):
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        listener.should_exit = True
        await asyncio.wait_for(task, 5)


def is_open(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0
