"""Bugs, the third kind of failure beside refusals and outages: their fingerprint, and the envelope they travel in."""

from dataclasses import dataclass
from hashlib import sha256
from traceback import walk_tb
from typing import Final

from actors.replies import Json

FRAMES: Final = 3  # the innermost of our own: enough to tell two bugs apart
_OURS: Final = ("actors.", "host.")
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Bug:
    """An exception of a turn that no repeat will mend. `error` stays in this process: it may quote what people wrote."""

    actor_type: str
    actor_id: str
    doing: str  # the command, or what else was asked of the actor
    correlation_id: str  # "" where nobody has asked
    error: Exception

    @property
    def fingerprint(self) -> str:
        """The bug's name in logs and envelopes; see the function `fingerprint`."""
        return fingerprint(self.error)

    def to_wire(self) -> Json:
        """Returns the envelope `{"ok": false, "bug": {"fingerprint"}}`; the host's log has the rest under the fingerprint."""
        return {"ok": False, "bug": {"fingerprint": self.fingerprint}}


def fingerprint(error: BaseException) -> str:
    """Returns 12 hex digits that are the same for the same bug in every run and process.

    They are a hash of the error's type and of our functions that it came through. Lines, which move with every edit of a
    file, and the text, which may hold what people wrote, are left out.
    """
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    names = [f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}" for frame in frames]
    ours = [name for name in names if name.startswith(_OURS)]
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return sha256("\n".join([kind, *ours[-FRAMES:]]).encode()).hexdigest()[:_DIGITS]
