"""What people type anew: refuses what nobody can see or what reaches out of its place, and tags no path can carry.

Only what is validated with the context TYPED is held to this. What is stored already stays good in edits of other fields,
in undo and restore, and in the tasks of a series.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

TYPED: Final[Mapping[str, Any]] = {"typed": True}  # the context of a body that came in a request

# Control, format and separator signs; marks that show only on another sign.
_UNSEEN: Final = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp", "Mn"))
# Letters and symbols without ink: the fillers of Hangul, and the empty pattern of Braille.
_WITHOUT_INK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_END_OF_ISOLATE: Final = "\u2069"
_PARTS_OF_A_PATH: Final = frozenset((".", ".."))  # browsers and proxies take them away, written as %2E, too
_MOST_NAMED: Final = 5
_CONTROL: Final = re.compile("[\0-\x1f\x7f-\x9f]")
_CONTROL_IN_LINES: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CONTROL_NAMES: Final = (  # unicodedata has none
    "NULL", "START OF HEADING", "START OF TEXT", "END OF TEXT", "END OF TRANSMISSION", "ENQUIRY", "ACKNOWLEDGE", "BELL",
    "BACKSPACE", "CHARACTER TABULATION", "LINE FEED", "LINE TABULATION", "FORM FEED", "CARRIAGE RETURN", "SHIFT OUT",
    "SHIFT IN", "DATA LINK ESCAPE", "DEVICE CONTROL ONE", "DEVICE CONTROL TWO", "DEVICE CONTROL THREE",
    "DEVICE CONTROL FOUR", "NEGATIVE ACKNOWLEDGE", "SYNCHRONOUS IDLE", "END OF TRANSMISSION BLOCK", "CANCEL",
    "END OF MEDIUM", "SUBSTITUTE", "ESCAPE", "INFORMATION SEPARATOR FOUR", "INFORMATION SEPARATOR THREE",
    "INFORMATION SEPARATOR TWO", "INFORMATION SEPARATOR ONE",
)  # fmt: skip
_NAMES: Final = dict(enumerate(_CONTROL_NAMES)) | {0x7F: "DELETE"}
_SURROGATES: Final = range(0xD800, 0xE000)


def placed(text: str, at: int) -> str:
    """Returns what stands at an index of the text, as "U+0007 BELL at position 3"."""
    code = ord(text[at])
    name = "SURROGATE" if code in _SURROGATES else _NAMES.get(code, "CONTROL CHARACTER")
    return f"U+{code:04X} {name} at position {at + 1}"


def _is_unseen(sign: str) -> bool:
    return sign in _WITHOUT_INK or unicodedata.category(sign) in _UNSEEN


def _visible(text: str) -> str:
    if all(map(_is_unseen, text)):
        signs = dict.fromkeys(f"U+{ord(sign):04X}" for sign in text)
        names = ", ".join([*signs][:_MOST_NAMED]) + (", …" if len(signs) > _MOST_NAMED else "")
        raise PydanticCustomError(
            "invisible_text", "nothing of it can be seen, as it has only {names}; add a letter", {"names": names}
        )
    return text


def _enclosed(text: str) -> str:
    """Refuses an end of an isolated direction that was not begun: on a page it would end the isolation of the text."""
    depth = 0
    for sign in text:
        depth += (sign in _ISOLATES) - (sign == _END_OF_ISOLATE)
        if depth < 0:
            raise PydanticCustomError("invalid_text", "U+2069 ends a direction that was not begun; leave it out")
    return text


def _without_controls(control: re.Pattern[str], advice: str) -> Callable[[str], str]:
    """Returns the check of a text without such signs. In a text whose ends are trimmed, positions are those after that."""

    def checked(text: str) -> str:
        if found := control.search(text):
            said = {"sign": placed(text, found.start()), "advice": advice}
            raise PydanticCustomError("invalid_text", "{sign}; {advice}", said)
        return text

    return checked


def _reachable(tag: str) -> str:
    if tag in _PARTS_OF_A_PATH:
        raise PydanticCustomError("invalid_tag", "an address cannot name this tag; take another one than . and ..")
    return tag


def _if_typed(check: Callable[[str], str]) -> AfterValidator:
    def checked(text: str, info: ValidationInfo) -> str:
        return check(text) if text and info.context == TYPED else text

    return AfterValidator(checked)


VISIBLE: Final = _if_typed(lambda text: _enclosed(_visible(text)))
ONE_LINE: Final = _if_typed(_without_controls(_CONTROL, "write it in one line, without tabs and control characters"))
LINES: Final = _if_typed(
    _without_controls(_CONTROL_IN_LINES, "tabs and line ends may stand here, other control characters may not")
)
REACHABLE: Final = _if_typed(_reachable)
