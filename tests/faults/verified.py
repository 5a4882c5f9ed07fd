"""What `duely verify` says at the end of a run: its checks know nothing of the judge's, nor the judge's of them."""

import json
from dataclasses import dataclass, field

from tests.faults.checker import Verdict
from tests.faults.subject import Subject


@dataclass(slots=True)
class Verified:
    """`checked`: by invariant, how many things it has looked at."""

    checked: dict[str, int] = field(default_factory=dict[str, int])
    moving: int = 0
    seconds: float = 0.0


def verified(subject: Subject, verdict: Verdict) -> Verified:
    """Run it; what it finds is blamed, and so is one that did not come to its end."""
    done = subject.verify()
    try:
        told = json.loads(done.stdout)
    except ValueError:
        verdict.blame("verify", f"ended with {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
        return Verified()
    invariants = told["invariants"]
    for invariant in invariants:
        for breach in invariant["breaches"]:
            verdict.blame("verify", f"{invariant['name']}: {breach['subject']} {breach['detail']}")
    return Verified(
        {invariant["name"]: invariant["checked"] for invariant in invariants},
        sum(invariant["moving"] for invariant in invariants),
        told["seconds"],
    )
