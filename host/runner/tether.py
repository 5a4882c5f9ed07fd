"""Runs COMMAND so that it is told to stop when its parent dies, however that dies: `tether.py SIGNAL PARENT COMMAND…`.

The kernel keeps the promise (PR_SET_PDEATHSIG), so it holds after a kill -9 of the runner too. It is tied to the
thread that forked, so parts are started from the runner's main thread only. Imports nothing of ours: it starts
before every part.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1
_COULD_NOT_RUN = 127


def main() -> None:
    """Replace this process by the command, or exit 127 when there is no parent or no command any more."""
    signal_number, parent, *command = sys.argv[1:]
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != int(parent):  # it died before the kernel knew of our wish
        sys.exit(_COULD_NOT_RUN)
    try:
        os.execv(command[0], command)  # noqa: S606  no shell wanted
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
        sys.exit(_COULD_NOT_RUN)


if __name__ == "__main__":
    main()
