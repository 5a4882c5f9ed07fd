"""What ends a run before its back end does."""

from typing import Final, Literal

RUN_SECONDS: Final = 60.0
MOST_PLAN_BYTES: Final = 128 * 1024
MOST_RESULT_BYTES: Final = 64 * 1024

Limit = Literal["answers", "calls", "tokens", "seconds", "size"]


class RunLimitError(Exception):
    """The run has reached a limit."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(f"a run reached its limit of {limit}")
        self.limit: Limit = limit


class RunStoppedError(Exception):
    """The person has stopped the run."""


class RunRevokedError(Exception):
    """The token in whose name the run acts is not valid any more, or the account is gone."""


class RunChangedError(Exception):
    """The back end does something else than it did when the run began: it is of another release."""


class RunLeftError(Exception):
    """The run has ended, or somebody else leads it: whoever reads this has no part in it any more."""
