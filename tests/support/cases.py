"""How many cases a property is tried with: few as a rule, very many in `make nightly`."""

import os


def cases(usual: int) -> int:
    """Returns the usual number, or CASES of the environment where that is more."""
    return max(usual, int(os.environ.get("CASES", "0")))
