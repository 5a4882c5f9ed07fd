"""The tether of a part to the runner: `tether.py SIGNAL PARENT COMMAND…` runs a command that ends with its parent.

The kernel sends the signal when the parent dies (PR_SET_PDEATHSIG), even by kill -9. It watches the thread that forked,
so the runner starts parts only from its main thread. This file imports nothing of ours, because it runs before every
part and must be quick.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1
_COULD_NOT_RUN = 127


def main() -> None:
    """Replaces this process with the command; exits with 127 when the parent is gone or the command cannot run."""
    signal_number, parent, *command = sys.argv[1:]
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != int(parent):  # the parent died before the call above
        sys.exit(_COULD_NOT_RUN)
    try:
        os.execv(command[0], command)  # noqa: S606  without a shell
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
        sys.exit(_COULD_NOT_RUN)


if __name__ == "__main__":
    main()
