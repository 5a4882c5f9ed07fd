"""The wall clock of a system under test, stepped by the test: libfaketime under Python and PostgreSQL.

Go asks the kernel directly, so the parts of Dapr keep the true time. Monotonic clocks are left alone.
"""

from pathlib import Path

import pytest

FOUND = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
_READ_AGAIN_SECONDS = 1
# Python sleeps until an instant of the monotonic clock; under libfaketime 0.9.10 that call fails with EINVAL.
_SITE = """import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""


class SteppedClock:
    """A clock that runs some seconds ahead of the true time; a step takes effect within a second."""

    def __init__(self, folder: Path) -> None:
        if not FOUND:
            pytest.skip("no libfaketime: install the package `libfaketime`")
        self._file = folder / "clock"
        self._site = folder / "site"
        self._site.mkdir()
        (self._site / "sitecustomize.py").write_text(_SITE)
        self.step_to(0)

    def step_to(self, ahead: int) -> None:
        written = self._file.with_suffix(".new")
        written.write_text(f"{ahead:+d}\n")
        written.replace(self._file)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(FOUND[0]),
            "PYTHONPATH": str(self._site),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(_READ_AGAIN_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
