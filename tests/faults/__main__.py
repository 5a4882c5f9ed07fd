"""`make faults SEED=… MINUTES=…`: faults without end for so long, judged; exits with 1 when a promise was broken."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import faults
from tests.faults.machine import machine
from tests.faults.run import run
from tests.faults.table import table


def main() -> int:
    """Run it on one machine; the history and the logs stay when something is wrong."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--selection", action="store_true", help="each fault once instead")
    wanted = parser.parse_args()
    seed = wanted.seed or random.SystemRandom().randrange(1, 1_000_000)
    print(f"seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="duely-faults-"))
    with machine(folder) as subject:
        plan = faults.each_once(subject, seed) if wanted.selection else faults.without_end(subject, seed)
        until = time.monotonic() + wanted.minutes * 60
        report = asyncio.run(
            run(
                subject,
                plan,
                folder / "history.jsonl",
                seed=seed,
                until=until,
                say=lambda line: print(line, flush=True),
            )
        )
        report.without += [subject.without_disks] if subject.without_disks else []
        if report.verdict.wrong:
            (folder / "tails.log").write_text(subject.tails())
    print(f"\n{table(report)}")
    if report.verdict.wrong:
        print(f"\n{report.verdict.words()}\n\nIts history and logs are in {folder}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
