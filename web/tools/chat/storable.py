"""Makes JSON that a model wrote fit to be stored: some signs cannot be."""

import re
from typing import Any, Final

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"


def storable(value: Any) -> Any:
    """Returns the value with another sign in the place of each that cannot be stored."""
    if isinstance(value, str):
        return _UNSTORABLE.sub(_INSTEAD, value)
    if isinstance(value, dict):
        return {storable(str(key)): storable(entry) for key, entry in value.items()}
    return [storable(entry) for entry in value] if isinstance(value, list | tuple) else value
