"""What a table of a language holds.

Lists of words are texts with a space between them; `_` is a space inside one. Forms are patterns of whole messages:
`a|b` is one of several, `?` behind a word makes it optional, and `*` is what the form is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """The words of one language."""

    code: str
    # Around a message
    openers: str  # said before what is meant, and of no meaning
    closers: str  # said behind it
    polite: str  # they make a command of a question
    never: str  # beginnings that make a command none
    nots: str  # words that make it none at the beginning or the end of what it is about
    nots_anywhere: str  # the same, wherever they stand
    unsure: str  # beginnings of a question that is no command and no list
    yes: str
    no: str
    thanks: str  # and greetings: there is nothing to do
    # What commands are, by kind; the first that fits counts
    forms: Mapping[str, tuple[str, ...]]
    asking: str  # beginnings of a question for a list
    counting: str
    # What they are about
    it: str
    them: str
    everything: str
    both: str
    nouns: str  # task, one, number: of no meaning beside a number or a name
    small: str  # of no meaning at the edges of a name
    joiners: str
    until: str  # before a day: from now to then
    to: str  # between a tag and a task
    nexts: str  # before a name of a series
    # Filters
    overdue: str
    completed: str
    reopened: str  # said of a task: not done
    trashed: str
    undated: str
    repeating: str
    tagged: str
    priority: str
    levels: Mapping[str, str]
    important: str  # of the levels those that mean urgent, too, in a list
    periods: Mapping[str, str]  # this_week, next_week, this_month, next_month, weekend
    stop: str  # of no meaning in a question
    # When
    leads: tuple[str, ...]  # tried before a day or a time that is not read alone
    later: str
    earlier: str
    list_tails: str = ""  # behind what is added or deleted: to my list
    hyphened: str = ""  # pronouns behind a verb and a hyphen
    enclitics: str = ""  # pronouns that are one word with the verb before them
    wondering: str = ""  # beginnings of questions that are also about anything else
