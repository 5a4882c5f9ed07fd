"""Reads a line of text into fields that a task or a series can hold. Pure, but for the grammars that it makes when first asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from actors.fields import Title
from actors.recurrence.expansion import Policies
from actors.recurrence.parsing import parse as parse_rule
from actors.recurrence.sentence import sentence
from actors.replies import Json, Refused
from actors.typed import TYPED
from web.api.quick_add.bodies import Known

LONGEST_TITLE: Final = 500
_TITLE: Final[TypeAdapter[str]] = TypeAdapter(Title)
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A line, and what it is read against."""

    text: str
    now: datetime
    zone: str
    language: str
    literal: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a line says: its title with lists and without, its fields, its spans."""

    title: str
    whole_title: str
    list: str | None
    fields: Json
    spans: Sequence[Any]


def read(source: Source) -> Read:
    """Returns what a line says. What no task can hold, as a day in 4000, stays text."""
    found = _read(source, source.literal)
    unfit = _unfit(found)
    if unfit:
        found = _read(source, (*source.literal, *unfit))
    return _read(source, ((0, len(source.text)),)) if _unfit(found) else found


def _read(source: Source, literal: tuple[Stretch, ...]) -> Read:
    # The grammars take a tenth of a second to load, which a process that reads no line does without.
    from web.language import fields_of, parse, title_of  # noqa: PLC0415

    parsed = parse(source.text, now=source.now, zone=source.zone, language=source.language, literal=literal)
    whole_title = title_of(source.text, [span for span in parsed.spans if span.kind != "list"])
    return Read(parsed.title, whole_title, parsed.list, fields_of(parsed, source.zone), parsed.spans)


def _unfit(found: Read) -> list[Stretch]:
    """Returns the stretches that say what no task can hold; all of them where the title that is left cannot be one."""
    from web.language import KINDS  # noqa: PLC0415

    try:
        _TITLE.validate_python(cut(found.whole_title), context=TYPED)
        Known.model_validate(found.fields, context=TYPED)
    except ValidationError as error:
        kinds = [KINDS.get(str(wrong["loc"][0]) if wrong["loc"] else "") for wrong in error.errors()]
        return [
            (span.start, span.end) for span in found.spans if any(kind is None or span.kind in kind for kind in kinds)
        ]
    return []


def cut(title: str) -> str:
    """Returns a title of at most 500 characters, cut at a word."""
    if len(title) <= LONGEST_TITLE:
        return title
    words, _, rest = title[: LONGEST_TITLE + 1].rpartition(" ")
    return words or rest[:LONGEST_TITLE]


def sentence_of(fields: Mapping[str, Any], zone: str) -> str | None:
    """Returns the recurrence of a line in words; None where it has none."""
    if "recurrence" not in fields:
        return None
    said = fields["recurrence"]
    recurrence = parse_rule(said["rule"], fields["due"], zone, Policies(mode=said["mode"]))
    return None if isinstance(recurrence, Refused) else sentence(recurrence)
