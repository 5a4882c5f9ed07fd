"""`python -m tests.cases NAME`: runs cases, prints each that does not hold and a closing count."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from host.runner.postgres import EmbeddedPostgres
from tests.cases import chat, moving_clock, quick_add
from tests.cases.stage import Stages, cases_of
from tests.support.in_memory import folder_in_memory

Differences = Callable[[Stages, Mapping[str, Any]], Awaitable[list[str]]]

TALKS_AT_ONCE = 4
CASE_SECONDS = 60  # the longest that a case may take


def main() -> int:
    """Returns the exit code: 0 when all hold, 1 when one does not, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m tests.cases", description=__doc__)
    parser.add_argument("name", choices=list(RUNS), help="what the cases are about")
    parser.add_argument(
        "--file", type=Path, help="other cases of the same form (default: NAME*.json beside this module)"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="ID", help="a case, or the beginning of its kind"
    )
    wanted = parser.parse_args()
    files = [wanted.file] if wanted.file else sorted(Path(__file__).parent.glob(f"{wanted.name}*.json"))
    cases = [case for file in files for case in cases_of(file, wanted.only)]
    if not cases:
        print("there is no such case", file=sys.stderr)
        return 2
    began = time.monotonic()
    failed = asyncio.run(RUNS[wanted.name](cases))
    print(f"{len(cases) - failed} of {len(cases)} cases hold, in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


async def _run_time(cases: Sequence[Mapping[str, Any]]) -> int:
    """Plays each case in a whole Duely of its own; returns how many do not hold."""
    return await _run_staged(cases, lambda case: case["kind"], moving_clock.differences)


async def _run_chat(cases: Sequence[Mapping[str, Any]]) -> int:
    """Holds the conversation of each case, as a new person of a Duely at its time; returns how many do not hold."""

    async def differences(stages: Stages, case: Mapping[str, Any]) -> list[str]:
        now = datetime.fromisoformat(case["now"]).replace(tzinfo=ZoneInfo(case["zone"]))
        return await chat.differences(await stages.kept(now, None), case)

    return await _run_staged(cases, _language_of, differences, at_once=TALKS_AT_ONCE)


def _language_of(case: Mapping[str, Any]) -> str:
    return f"{case['lang']}, {case['difficulty']}"


async def _run_staged(
    cases: Sequence[Mapping[str, Any]],
    kind_of: Callable[[Mapping[str, Any]], str],
    differences: Differences,
    *,
    at_once: int = 1,
) -> int:
    with tempfile.TemporaryDirectory() as on_disk, folder_in_memory(Path(on_disk)) as folder:
        server = EmbeddedPostgres(folder / "postgres", fsync=False)
        server.start()
        try:
            stages = Stages(server)
            await stages.prepare()
            try:
                return await _count_wrong(cases, kind_of, at_once, lambda case: _differences(stages, case, differences))
            finally:
                await stages.close()
        finally:
            server.stop()


async def _count_wrong(
    cases: Sequence[Mapping[str, Any]],
    kind_of: Callable[[Mapping[str, Any]], str],
    at_once: int,
    play: Callable[[Mapping[str, Any]], Awaitable[list[str]]],
) -> int:
    """Plays so many cases at once; tells those that do not hold in their order, and returns how many they are."""
    turn = asyncio.Semaphore(at_once)

    async def in_turn(case: Mapping[str, Any]) -> list[str]:
        async with turn:
            return await play(case)

    found = [asyncio.ensure_future(in_turn(case)) for case in cases]
    return sum([_told(case, kind_of(case), await wrong) for case, wrong in zip(cases, found, strict=True)])


async def _run_quick_add(cases: Sequence[Mapping[str, Any]]) -> int:
    """Reads the text of each case; returns how many do not hold."""
    return sum(_told(case, _language_of(case), _unread(case)) for case in cases)


def _unread(case: Mapping[str, Any]) -> list[str]:
    try:
        return quick_add.differences(case)
    except Exception as error:  # noqa: BLE001  # whatever it is, the next case is tried
        return [f"{type(error).__name__}: {error}"]


RUNS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], Coroutine[Any, Any, int]]] = {
    "time": _run_time,
    "quick-add": _run_quick_add,
    "chat": _run_chat,
}


def _told(case: Mapping[str, Any], kind: str, wrong: Sequence[str]) -> bool:
    """Prints a case that does not hold, and returns whether it does not."""
    if wrong:
        print(f"{case['id']} ({kind}): {case['why']}", *(f"    {line}" for line in wrong), sep="\n", flush=True)
    return bool(wrong)


async def _differences(stages: Stages, case: Mapping[str, Any], differences: Differences) -> list[str]:
    """Returns what is wrong; a case that cannot be played to its end is wrong, and does not keep others from being."""
    try:
        async with asyncio.timeout(CASE_SECONDS):
            return await differences(stages, case)
    except Exception as error:  # noqa: BLE001  # whatever it is, the next case is tried
        return [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    sys.exit(main())
