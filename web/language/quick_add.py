"""Quick add: one line of text in, the fields of a task out. Pure."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from web.language.choosing import Chosen, choose
from web.language.due import Reading, read
from web.language.folding import Line
from web.language.meaning import Context
from web.language.parsed import Parsed, Span, SpanKind
from web.language.patterns import Grammar, grammars_of
from web.language.readers.signs import same_tag
from web.language.scanning import Piece, Scan
from web.language.title import title_of

AMERICAN = ("America/", "US/", "Canada/")
SPAN_KINDS: dict[str, SpanKind] = {
    "date": "date", "time": "time", "part": "time", "rule": "recurrence", "completion": "recurrence",
    "until": "recurrence", "start": "recurrence", "count": "recurrence", "span": "recurrence", "reminder": "reminder",
    "priority": "priority", "tag": "tag", "list": "list", "frame": "request",
}  # fmt: skip


def parse(text: str, *, now: datetime, zone: str, language: str, literal: Iterable[tuple[int, int]] = ()) -> Parsed:
    """Reads a line in the person's language and in English beside it; `now` is aware, `zone` the person's.

    `literal` are stretches `(start, end)` in code points that stay title unread. A line of which nothing would be left is its own title. Only its first 500 words are read.
    """
    grammars = grammars_of(language)
    line = Line(text, literal)
    unsafe = grammars[0].table.code == "en" and zone.startswith(AMERICAN)
    context = Context(now, zone, now.astimezone(ZoneInfo(zone)).replace(tzinfo=None), unsafe)
    scan = Scan(line, context, grammars)
    chosen = choose(scan)
    reading = read(chosen, context)
    spans = [*_spans(line, reading.chosen.pieces), *_frame_tail(scan, reading.chosen, grammars)]
    title = title_of(text, spans)
    if not any(char.isalnum() or ord(char) > 0x2190 for char in title):  # noqa: PLR2004  # signs and emoji from there on
        return Parsed(" ".join(text.split()))
    return _parsed(title, reading, tuple(sorted(spans)))


def _parsed(title: str, reading: Reading, spans: tuple[Span, ...]) -> Parsed:
    once = reading.chosen.once
    return Parsed(
        title=title,
        due=reading.due,
        priority=once["priority"].meaning.value if "priority" in once else None,
        tags=_tags(reading.chosen) or None,
        list=once["list"].meaning.value if "list" in once else None,
        reminders=reading.reminders,
        recurrence=reading.recurrence,
        spans=spans,
    )


def _tags(chosen: Chosen) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for piece in chosen.all("tag"):
        first.setdefault(same_tag(piece.meaning.value), piece.meaning.value)
    return tuple(first.values())


def _spans(line: Line, pieces: Iterable[Piece]) -> list[Span]:
    return [_span(line, piece.start, piece.end, SPAN_KINDS[piece.kind]) for piece in pieces]


def _span(line: Line, start: int, end: int, kind: SpanKind) -> Span:
    first, last = line.at(start), line.at(end)
    return Span(first, last, kind, line.text[first:last])


def _frame_tail(scan: Scan, chosen: Chosen, grammars: Iterable[Grammar]) -> list[Span]:
    """Returns the span of the word that joins a request to what is asked, as `to` behind `remind me tomorrow`."""
    if not chosen.all("frame"):
        return []
    end = 0
    for piece in chosen.pieces:
        if scan.line.folded[end : piece.start].strip(" ,:"):
            break
        end = piece.end
    return [_span(scan.line, start, stop, "request") for start, stop in _tail(scan, end, grammars)]


def _tail(scan: Scan, end: int, grammars: Iterable[Grammar]) -> list[tuple[int, int]]:
    index = scan.index_from(end)
    if index >= len(scan.tokens) or scan.between(end, index):
        return []
    token = scan.tokens[index]
    tails = [tail for grammar in grammars for tail in grammar.frame_tails]
    if token.key in tails:
        return [(token.start, token.start + len(token.key))]
    elided = [tail for tail in tails if tail.endswith("'") and token.key.startswith(tail)]
    return [(token.start, token.start + len(elided[0]))] if elided else []
