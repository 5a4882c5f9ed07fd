"""The language of a person who signs up, as the browser names it."""

import re
from typing import Final, get_args

from actors.fields import Language

_LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_WANTED: Final = re.compile(r"\s*([a-z]{2})\b[^,;]*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", re.ASCII | re.IGNORECASE)
_MOST: Final = 20  # of languages that one header may name


def language_of(accepted: str) -> Language:
    """Returns the language that an Accept-Language header wants most of those that quick add reads; else English."""
    named = [found for part in accepted.split(",")[:_MOST] if (found := _WANTED.fullmatch(part))]
    wanted = [(float(one[2] or 1), code) for one in named for code in _LANGUAGES if one[1].lower() == code]
    return max(wanted, key=lambda each: each[0], default=(0.0, _LANGUAGES[0]))[1]
