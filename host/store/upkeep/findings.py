"""What a check of the data finds: breaches of invariants, how each is mended, and how much was checked."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple

MOST: Final = 10_000  # breaches of one invariant that are kept; a longer list would only cost memory
GRACE: Final = timedelta(seconds=30)  # by then the scheduler or the sweeper has acted, also after a hard kill


class Mend(NamedTuple):
    """How to mend a breach: `what` names a function in host/store/upkeep/mending.py, `about` holds its arguments."""

    what: str
    about: tuple[str, ...]


class Breach(NamedTuple):
    """Something that is not as it must be; `mend` is None where only a person can decide what is right."""

    invariant: str
    subject: str
    detail: str
    mend: Mend | None = None


@dataclass(slots=True)
class Findings:
    """All breaches found; by invariant the number of things `checked`, and of those left out as they are `moving`."""

    breaches: list[Breach] = field(default_factory=list[Breach])
    checked: dict[str, int] = field(default_factory=dict[str, int])
    moving: dict[str, int] = field(default_factory=dict[str, int])

    def count(self, invariant: str, checked: int, moving: int = 0) -> None:
        self.checked[invariant] = self.checked.get(invariant, 0) + checked
        self.moving[invariant] = self.moving.get(invariant, 0) + moving

    def cut(self, most: int) -> None:
        """Keeps the first `most` breaches of each invariant, so that one that breaks everywhere hides no other."""
        if len(self.breaches) > most:
            seen: Counter[str] = Counter()
            kept: list[Breach] = []
            for breach in self.breaches:
                seen[breach.invariant] += 1
                if seen[breach.invariant] <= most:
                    kept.append(breach)
            self.breaches = kept
