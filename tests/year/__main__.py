"""`make year`: lives a year of as many series as are wanted, and prints its figures and every difference."""

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
    parser = argparse.ArgumentParser(prog="make year", description=__doc__)
    parser.add_argument("--series", type=int, default=400)
    parser.add_argument("--seed", default="1")
    wanted = parser.parse_args()
    began = time.monotonic()
    year = plan(wanted.seed, wanted.series)
    print(f"planned and worked out in {time.monotonic() - began:.1f} s", flush=True)
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
        found = await differences(result, year)
    for line in found:
        print(line)
    print(f"{len(found)} differences" if found else "Nothing is missing, nothing is there twice.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
