"""Quick add: what a person types, as the fields of a task. Pure; one grammar for page, tools and chat.

`quick_add` is the way in. `folding` makes the text comparable, `scanning` finds the pieces that mean something by the
`patterns` of the `tables` and what the `readers` make of them, `choosing` says which of them count, `due` puts those
together and `title` is what is left. `fields` says it in the forms that tasks and series keep.
"""

from web.language.fields import KINDS, fields_of, repeatable
from web.language.parsed import Parsed, Recurrence, Span
from web.language.patterns import LANGUAGES
from web.language.quick_add import parse
from web.language.title import title_of

__all__ = ["KINDS", "LANGUAGES", "Parsed", "Recurrence", "Span", "fields_of", "parse", "repeatable", "title_of"]
