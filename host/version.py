"""The version of Duely: that of the release, and that of the code, which also changes between releases."""

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
    """Returns the numbers of a version, for comparing: (1, 10, 0) for "1.10.0" and for its pre-releases."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in numbers[0].split(".")) if numbers else ()


@lru_cache(maxsize=1)
def code_version() -> str:
    """Returns the release with a hash of the code, the same wherever it is installed: `0.1.0+9f2c4e1ab3d0`."""
    digest = sha256()
    for package in _CODE:
        for path in sorted((_ROOT / package).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{VERSION}+{digest.hexdigest()[:12]}"
