"""The language of a person who signs up, as the browser names it."""

import re
from collections.abc import Mapping
from typing import Final, get_args

from actors.fields import Language

_LANGUAGES: Final[Mapping[str, Language]] = {code: code for code in get_args(Language)}
_WANTED: Final = re.compile(r"\s*([a-z]{2})\b[^,;]*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", re.ASCII | re.IGNORECASE)
_MOST: Final = 20  # of languages that one header may name


def language_of(accepted: str) -> Language:
    """Returns the language that an Accept-Language header wants most of those that quick add reads; else English."""
    named = [found for part in accepted.split(",")[:_MOST] if (found := _WANTED.fullmatch(part))]
    read = [(float(one[2] or 1), _LANGUAGES.get(one[1].lower())) for one in named]
    wanted = [(quality, code) for quality, code in read if code is not None]
    most = max((quality for quality, _ in wanted), default=0.0)
    return next((code for quality, code in wanted if quality == most), "en")
