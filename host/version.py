"""Which version of Duely this is, how two are told apart, and which program runs: that changes between releases, too."""

import re
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

VERSION: Final = version("duely")
_CODE: Final = ("actors", "host")
_ROOT: Final = Path(__file__).resolve().parent.parent


def release_of(version: str) -> tuple[int, ...]:
    """Sorts as releases do: a first try of 1.10.0 is 1.10.0, and that is after 1.9.2."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in numbers[0].split(".")) if numbers else ()


@lru_cache(maxsize=1)
def code_version() -> str:
    """The same for every process with the same code, wherever it is installed: `0.1.0+9f2c4e1ab3d0`."""
    digest = sha256()
    for package in _CODE:
        for path in sorted((_ROOT / package).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{VERSION}+{digest.hexdigest()[:12]}"
