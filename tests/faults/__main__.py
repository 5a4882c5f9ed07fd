"""`make faults SEED=… MINUTES=…`: brings faults for that long and judges the run; exits with 1 after a broken promise."""

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
    """Runs the faults; returns the exit code. History and logs stay in their folder when a promise was broken."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process is ended
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
                readers=2 * wanted.users,
                say=lambda line: print(line, flush=True),
            )
        )
        report.left_out += [subject.without_disks] if subject.without_disks else []
        if report.verdict.wrong:
            (folder / "tails.log").write_text(subject.tails())
    print(f"\n{table(report)}")
    if report.verdict.wrong:
        print(f"\n{report.verdict.words()}\n\nHistory and logs are in {folder}")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=0, help="of the order and lengths of the faults (default: by chance)"
    )
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--selection", action="store_true", help="bring each fault once instead")
    parser.add_argument(
        "--share", action="store_true", help="bring what CI brings on that system: a part of the selection"
    )
    parser.add_argument("--system", choices=SYSTEMS, default="machine", help="the system under test")
    parser.add_argument("--at-once", type=int, default=1, help="the number of faults at the same time")
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--floor", type=float, default=FLOOR, help="the least number of writes offered a second")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
