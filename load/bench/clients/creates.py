"""A client that creates tasks over HTTP in a closed loop and notes every acknowledged id."""

from itertools import count
from pathlib import Path
from typing import Any

import orjson
import uvloop

from load.bench.clients.http import connect, request
from load.bench.clients.loop import answer, closed_loop, order_from_stdin

_CREATED = 201
_NUMBER = "@NUMBER@"


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Runs the loop; returns the fields of figures.Loop, and the ids as `acknowledged`.

    `order`: url, headers, body (whose title holds @NUMBER@), workers, seconds, warm_seconds, acknowledged (a file for the ids).
    """
    frames = _frames(order)
    connections = [await connect(order["url"]) for _ in range(order["workers"])]
    numbers = count()
    acknowledged: list[str] = []

    async def create(worker: int) -> None:
        status, body = await connections[worker].ask(frames[0] + b"%08d" % next(numbers) + frames[1])
        if status != _CREATED:
            raise RuntimeError(f"{status} {body[:200]!r}")
        acknowledged.append(orjson.loads(body)["id"])

    result = await closed_loop(
        create, workers=order["workers"], seconds=order["seconds"], warm_seconds=order["warm_seconds"]
    )
    for connection in connections:
        connection.close()
    return result | {"acknowledged": acknowledged}


def _frames(order: dict[str, Any]) -> tuple[bytes, bytes]:
    """Returns the request before and after its number, so that making one costs two joins."""
    body = orjson.dumps(order["body"]).replace(_NUMBER.encode(), b"00000000")
    frame = request("POST", order["url"], order["headers"], body)
    before, after = frame.split(b"00000000", 1)
    return before, after


if __name__ == "__main__":
    order = order_from_stdin()
    result = uvloop.run(run(order))
    Path(order["acknowledged"]).write_text("\n".join(result.pop("acknowledged")))
    answer(result)
