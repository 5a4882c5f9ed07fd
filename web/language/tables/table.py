"""What a language's table holds. Pure data: words and patterns; what they mean stands in `web/language/readers`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Words = str  # forms of one thing, parted by spaces, as people write them; `_` is a space within a form


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The words of a language, with their accents: that accents may be missing is no matter of a table.

    `patterns` holds, by the name of what reads it, lines of elements parted by spaces: alternatives parted by `|`, each
    a word or a `{slot}`; `?` behind an element that may be missing, `~` before one that follows without a space.
    """

    code: str
    numbers: Mapping[int, Words]
    ordinals: Mapping[int, Words]  # -1 is the last
    ordinal_ending: str  # an expression: what makes a number ordinal
    plain_ordinals: bool = False  # the number of a day is written without an ending
    numbers_as_days: bool = False  # numbers in words may stand before a month
    weekdays: tuple[Words, ...]
    short_weekdays: tuple[Words, ...]
    short_words: Words  # short weekdays that are things, too: behind an article or a preposition they are no days
    short_capitals: Words = ""  # short weekdays that count with a capital only, where nothing leads them
    months: tuple[Words, ...]
    short_months: tuple[Words, ...]
    units: Mapping[str, Words]  # minute hour day week month year
    spans: Mapping[int, Words]  # minutes of what has no number, as half an hour
    parts: Mapping[str, Words]  # morning noon afternoon evening night
    part_adverbs: Mapping[str, Words] = field(default_factory=dict[str, str])  # the same, as German `abends`
    weekly: tuple[Words, ...] = ()  # weekdays of every week, as German `montags`
    relative: Mapping[int, Words]  # days from today
    small_only: Words = ""  # words for days that never count with a capital
    capital_first: Words = ""  # words for days that count with a capital only as the first word
    joiners: Words
    ranges: Words
    articles: Words
    leads: Words  # they lead a day or a time, and make it clear
    soft_leads: Words  # they leave the title with what they lead, and make nothing clear
    small: Words  # prepositions and conjunctions: what is weak may stand before them
    free_before: str = ""  # an expression: further words before which what is weak stands free, as they were typed
    every: Words
    every_other: Words
    adverbs: Mapping[str, Words]  # of a frequency, as `daily`
    last_day: Words
    of_month: Words
    workdays: Words  # Monday to Friday
    weekends: Words
    before: Words  # what stands behind an interval before the due
    priorities: Mapping[str, Words]
    frame_tails: Words  # words that join a request to what is asked
    patterns: Mapping[str, tuple[str, ...]]
