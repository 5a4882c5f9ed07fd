"""`make year`: runs a year of many series, and prints its figures and every difference from the expected outcome."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from host.runner.postgres import EmbeddedPostgres
from host.store.migrate import upgrade
from tests.year.drive import lived
from tests.year.figures import figures
from tests.year.judge import differences
from tests.year.plan import Plan, plan


def main() -> int:
    """Plans and runs the year; returns the exit code, which is 1 when there are differences."""
    parser = argparse.ArgumentParser(prog="make year", description=__doc__)
    parser.add_argument("--series", type=int, default=400, help="the number of series (default: 400)")
    parser.add_argument("--seed", default="1", help="of the plan (default: 1)")
    wanted = parser.parse_args()
    began = time.monotonic()
    year = plan(wanted.seed, wanted.series)
    print(f"planned and computed in {time.monotonic() - began:.1f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", fsync=False)
        server.start()
        try:
            asyncio.run(upgrade(server.dsn()))
            return uvloop.run(_live(server.dsn(), year))
        finally:
            server.stop()


async def _live(dsn: str, year: Plan) -> int:
    async with lived(dsn, year) as result:
        for name, value in (await figures(result, year)).items():
            print(f"{name:22} {value:>10,}")
        lines = await differences(result, year)
    for line in lines:
        print(line)
    print(f"{len(lines)} differences" if lines else "Nothing is missing, nothing is there twice.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
