"""What JSON a body may be before its model looks at it: each name once in an object, and only so many values."""

import json
import re
from collections import Counter
from typing import Any, Final

from web.problems import Fault, ProblemError, invalid

MOST_VALUES: Final = 2_000  # four times as many as the largest body that is of use; each may be a fault to name
_LONGEST_NUMBER: Final = 4_300  # digits; Python reads no longer ones, for the time it would take
_TOO_DEEP: Final = "it is nested too deep"
_DEEP: Final = re.compile(rb"(?:\s*+[\[{][\s:]*+){200}")  # what is left of it without its strings
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+\\?(?:"|\Z)', re.DOTALL)  # also one that does not end


class _Twice(dict[str, Any]):
    """An object in which `name` stands twice."""

    name = ""


class _Reader(json.JSONDecoder):
    """One for all, as it never waits: to make one takes longer than to read a small body."""

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=self._object)
        self._is_twice = False

    def read(self, text: str) -> Any:
        """Returns the value; raises the 422 that says which name stands twice."""
        self._is_twice = False
        value = self.decode(text)
        if self._is_twice:
            raise _named_twice(value)
        return value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        self._is_twice = True
        twice = _Twice(found)
        twice.name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        return twice


_READER: Final = _Reader()


def parsed(raw: bytes) -> Any:
    """Returns what the JSON says; raises the 400 or 422 for what is none, too much, or says one thing twice."""
    _refuse_too_much(raw)
    try:
        return _READER.read(raw.decode())
    except json.JSONDecodeError as error:
        raise malformed(f"{error.msg} at line {error.lineno} column {error.colno}") from None
    except UnicodeDecodeError:
        raise malformed("it is not UTF-8") from None
    except RecursionError:
        raise malformed(_TOO_DEEP) from None
    except ValueError:  # of int(), the only other one
        raise malformed(f"a number has more than {_LONGEST_NUMBER:,} digits") from None


def _refuse_too_much(raw: bytes) -> None:
    """Counts without reading: even that takes a tenth of a second for 80,000 values.

    Of so many strings that they alone are too many, some are counted by what stands in them.
    """
    if _marks(raw) <= MOST_VALUES:
        return
    bare = _STRING.sub(b"", raw, 2 * MOST_VALUES + 1)
    if _marks(bare) > MOST_VALUES:
        if _DEEP.match(bare):
            raise malformed(_TOO_DEEP)
        raise invalid([Fault("", "too_many", f"Send at most {MOST_VALUES:,} values in one body.")])


def _marks(raw: bytes) -> int:
    """Returns what begins or parts values: there are no more of them."""
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def malformed(why: str) -> ProblemError:
    return ProblemError(400, "malformed_json", f"The body is not JSON that can be read: {why}.")


def _named_twice(value: Any) -> ProblemError:
    """The 422 that says where the name stands."""
    around: list[tuple[str, Any]] = [("", value)]
    while not isinstance(around[-1][1], _Twice):
        path, node = around.pop()
        items = enumerate(node) if isinstance(node, list) else node.items()
        around += [(f"{path}/{_step(key)}", inner) for key, inner in items if isinstance(inner, (list, dict))]
    path, node = around[-1]
    return invalid([Fault(f"{path}/{_step(node.name)}", "duplicate_key", "This name stands twice in one object.")])


def _step(key: object) -> str:
    """Returns a step of a JSON pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")
