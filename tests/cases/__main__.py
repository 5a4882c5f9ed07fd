"""`python -m tests.cases NAME`: runs cases, prints each that does not hold and a closing count."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from host.runner.postgres import EmbeddedPostgres
from tests.cases import moving_clock
from tests.cases.stage import Stages, cases_of
from tests.support.in_memory import folder_in_memory

CASE_SECONDS = 60  # the longest that a case may take


def main() -> int:
    """Returns the exit code: 0 when all hold, 1 when one does not, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m tests.cases", description=__doc__)
    parser.add_argument("name", choices=["time"], help="what the cases are about")
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
    with tempfile.TemporaryDirectory() as on_disk, folder_in_memory(Path(on_disk)) as folder:
        server = EmbeddedPostgres(folder / "postgres", fsync=False)
        server.start()
        try:
            return asyncio.run(_run(Stages(server), cases))
        finally:
            server.stop()


async def _run(stages: Stages, cases: Sequence[Mapping[str, Any]]) -> int:
    began = time.monotonic()
    await stages.prepare()
    failed = 0
    for case in cases:
        wrong = await _differences(stages, case)
        if wrong:
            failed += 1
            print(
                f"{case['id']} ({case['kind']}): {case['why']}",
                *(f"    {line}" for line in wrong),
                sep="\n",
                flush=True,
            )
    print(f"{len(cases) - failed} of {len(cases)} cases hold, in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


async def _differences(stages: Stages, case: Mapping[str, Any]) -> list[str]:
    """Returns what is wrong; a case that cannot be played to its end is wrong, and does not keep others from being."""
    try:
        async with asyncio.timeout(CASE_SECONDS):
            return await moving_clock.differences(stages, case)
    except Exception as error:  # noqa: BLE001  # whatever it is, the next case is tried
        return [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    sys.exit(main())
