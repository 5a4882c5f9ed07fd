"""`duely verify` at the end of a run: its checks and the judge's share no code."""

import json
from dataclasses import dataclass, field

from tests.faults.checker import Verdict
from tests.faults.subject import Subject


@dataclass(slots=True)
class Verified:
    """The result of `duely verify`; `checked` is by invariant the number of things that it has looked at."""

    checked: dict[str, int] = field(default_factory=dict[str, int])
    moving: int = 0
    seconds: float = 0.0


def verified(subject: Subject, verdict: Verdict) -> Verified:
    """Runs it and adds its breaches to the verdict; a run that does not finish is a breach too."""
    done = subject.verify()
    try:
        report = json.loads(done.stdout)
    except ValueError:
        verdict.blame("verify", f"ended with {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
        return Verified()
    invariants = report["invariants"]
    for invariant in invariants:
        for breach in invariant["breaches"]:
            verdict.blame("verify", f"{invariant['name']}: {breach['subject']} {breach['detail']}")
    return Verified(
        {invariant["name"]: invariant["checked"] for invariant in invariants},
        sum(invariant["moving"] for invariant in invariants),
        report["seconds"],
    )
