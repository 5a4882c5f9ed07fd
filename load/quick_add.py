"""How soon a line of quick add is read, over a running system and by itself: `python -m load.quick_add`, two minutes."""

import asyncio
import json
import time
from pathlib import Path
from random import Random
from typing import Any

import orjson

from load.bench.clients.http import Connection, connect, request
from load.bench.figures import percentile, summary
from load.bench.system import running_system
from load.bench.users import add_users
from tests.cases import quick_add as cases

LINES = 10_000
WARM = 1_000
BUDGET_MS = 3.0  # that reading may add at p95
ANSWERS = (200, 422)  # read, and refused because there is no text
SEED = 16


async def main() -> None:
    """Prints the figures; raises AssertionError beyond the budget."""
    async with running_system({"DUELY_RATE_LIMITS": "off"}) as system:
        user = (await add_users(system, 1))[0]
        headers = {"authorization": f"Bearer {user.token}", "accept": "*/*", "user-agent": "bench"}
        connection = await connect(f"{system.url}/")
        lines = [request("POST", f"{system.url}/api/v1/quick-add/parse", headers, body) for body in _bodies()]
        bare = request("POST", f"{system.url}/api/v1/quick-add/parse", headers, b"{}")
        for line in lines[:WARM]:  # compiles what is needed
            await _took_ms(connection, line)
        cpu_seconds = system.cpu_seconds()["host"]
        for line in lines:
            await _took_ms(connection, line)
        cpu_seconds = system.cpu_seconds()["host"] - cpu_seconds
        pairs = [(await _took_ms(connection, line), await _took_ms(connection, bare)) for line in lines]
        connection.close()
    read, other = ([pair[place] for pair in pairs] for place in (0, 1))
    _print("ms to read a line over HTTP", read)
    _print("ms to refuse one without text", other)
    print(f"ms of the host's processor time for a line: {cpu_seconds * 1_000 / len(lines):.2f}")
    added = percentile(read, 0.95) - percentile(other, 0.95)
    print(f"added at p95: {added:.2f} ms")
    assert added < BUDGET_MS


def _print(what: str, took_ms: list[float]) -> None:
    print(f"{what}: {', '.join(f'{name} {ms:.2f}' for name, ms in summary(took_ms).items())}")


def _bodies() -> list[bytes]:
    """Returns lines of words of the shared cases, of 3 to 20 words, in their languages."""
    path = Path(cases.__file__).parent / "quick-add.json"
    known: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    words = sorted({(case["lang"], word) for case in known for word in case["text"].split()})
    random = Random(SEED)  # noqa: S311  the same lines in each run
    return [_body(words, random) for _ in range(LINES)]


def _body(words: list[tuple[str, str]], random: Random) -> bytes:
    language = random.choice(("en", "de", "fr", "es"))
    spoken = [word for code, word in words if code in {language, "en"}]
    text = " ".join(random.choices(spoken, k=random.choice((3, 8, 20))))
    return orjson.dumps({"text": text, "language": language})


async def _took_ms(connection: Connection, asked: bytes) -> float:
    began = time.perf_counter()
    status, _ = await connection.ask(asked)
    assert status in ANSWERS
    return (time.perf_counter() - began) * 1_000


if __name__ == "__main__":
    asyncio.run(main())
