"""`make faults SEED=… MINUTES=…`: faults without end for so long, judged; exits with 1 when a promise was broken."""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import faults
from tests.faults.cluster import cluster
from tests.faults.load import USERS
from tests.faults.machine import machine
from tests.faults.pace import FLOOR, Pace
from tests.faults.run import run
from tests.faults.table import table

SYSTEMS = {"machine": machine, "cluster": cluster}


def main() -> int:
    """Run it; the history and the logs stay when something is wrong."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--selection", action="store_true", help="each fault once instead")
    parser.add_argument("--share", action="store_true", help="of the selection what CI brings on that system")
    parser.add_argument("--system", choices=SYSTEMS, default="machine", help="what the faults are brought on")
    parser.add_argument("--at-once", type=int, default=1, help="faults at the same time")
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--floor", type=float, default=FLOOR, help="writes a second that are offered at least")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    seed = wanted.seed or random.SystemRandom().randrange(1, 1_000_000)
    print(f"seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="duely-faults-"))
    with SYSTEMS[wanted.system](folder) as subject:
        plans = [(wanted.share, faults.share_of_ci), (wanted.selection, faults.each_once), (True, faults.without_end)]
        plan = next(plan(subject, seed) for is_wanted, plan in plans if is_wanted)
        until = time.monotonic() + wanted.minutes * 60
        report = asyncio.run(
            run(
                subject,
                plan,
                folder / "history.jsonl",
                seed=seed,
                until=until,
                pace=Pace(floor=wanted.floor),
                at_once=wanted.at_once,
                users=wanted.users,
                listeners=2 * wanted.users,
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
