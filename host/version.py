"""Which version of Duely this is, and how two are told apart."""

import re
from importlib.metadata import version
from typing import Final

VERSION: Final = version("duely")


def release_of(version: str) -> tuple[int, ...]:
    """Sorts as releases do: a first try of 1.10.0 is 1.10.0, and that is after 1.9.2."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in numbers[0].split(".")) if numbers else ()
