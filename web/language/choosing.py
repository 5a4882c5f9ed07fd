"""Of all pieces of a line those that count: of several of one kind the last clear one (rule 13). Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from web.language.folding import HIDDEN
from web.language.meaning import Meaning
from web.language.readers.repeats import Repeat
from web.language.readers.signs import same_tag
from web.language.scanning import Piece, Scan

MAX_TAGS = 10
ONCE = ("date", "time", "part", "rule", "priority", "list", "completion", "until", "start", "count", "span")
OF_RULES = frozenset({"completion", "count", "span"})
BEHIND_PARTS = frozenset({"date", "time", "rule"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pieces that count, in their order, and the one of each kind of which a line has one."""

    pieces: tuple[Piece, ...]
    once: dict[str, Piece]

    def all(self, kind: str) -> list[Piece]:
        """Returns the pieces of a kind."""
        return [piece for piece in self.pieces if piece.kind == kind]

    def without(self, *dropped: Piece) -> "Chosen":
        """Returns the choice without some of its pieces."""
        once = {kind: piece for kind, piece in self.once.items() if piece not in dropped}
        return Chosen(tuple(piece for piece in self.pieces if piece not in dropped), once)


def choose(scan: Scan) -> Chosen:
    """Returns the pieces of a line that count."""
    pieces = _for_its_rule(scan, _walk(scan))
    understood = [piece for piece in pieces if piece.kind != "past"]
    is_clear = _clearness(scan.line.folded, scan.line.plain, understood)
    once = {kind: found for kind in ONCE if (found := _last_clear(understood, kind, is_clear))}
    several = chain(_tags(understood), (piece for piece in understood if piece.kind in {"reminder", "frame"}))
    kept = sorted({*once.values(), *several}, key=lambda piece: piece.start)
    return Chosen(tuple(kept), once)


def _walk(scan: Scan) -> list[Piece]:
    """Returns the pieces from left to right, none over another."""
    accepted: list[Piece] = []
    index = 0
    while index < len(scan.tokens):
        piece = _best(scan, index, accepted[-1] if accepted else None)
        if piece is None:
            index += 1
            continue
        _accept(scan, accepted, piece)
        index = scan.index_from(piece.end)
    return [piece for piece in accepted if piece.stands]


def _best(scan: Scan, index: int, previous: Piece | None) -> Piece | None:
    """Returns the piece that counts at a token; a part of the day without a day before it hides what is inside."""
    options = scan.pieces[index]
    frame = next((piece for piece in options if piece.kind == "frame"), None)
    if frame and not any(map(_has_offsets, options)):
        return frame
    beside = previous is not None and previous.kind in BEHIND_PARTS and scan.follows(previous, index)
    fitting = [piece for piece in options if piece.stands or (beside and piece.meaning.needs == "beside")]
    return next(iter(fitting or options), None)


def _has_offsets(piece: Piece) -> bool:
    return piece.kind == "reminder" and all(isinstance(value, int) for value in piece.meaning.value)


def _accept(scan: Scan, accepted: list[Piece], piece: Piece) -> None:
    """Takes a piece; a part of the day joins the day or the time beside it, and what belongs to the past is past."""
    previous = accepted[-1] if accepted else None
    if previous is None or not scan.follows(previous, scan.index_from(piece.start)):
        accepted.append(piece)
    elif previous.kind == "past" and piece.kind in {"time", "part"}:
        accepted.append(replace(piece, meaning=Meaning("past")))
    elif piece.kind == "part" and previous.kind in BEHIND_PARTS:
        accepted[-1] = _joined(previous, piece)
    elif previous.kind == "part" and piece.kind == "time" and not previous.meaning.needs:
        accepted[-1] = _joined(piece, previous)
    else:
        accepted.append(piece)


def _joined(piece: Piece, part: Piece) -> Piece:
    """Returns a day, a time or a rule with the part of the day beside it."""
    value = replace(piece.meaning.value, part=part.meaning.value)
    start, end = min(piece.start, part.start), max(piece.end, part.end)
    return replace(piece, start=start, end=end, meaning=replace(piece.meaning, value=value))


def _for_its_rule(scan: Scan, pieces: list[Piece]) -> list[Piece]:
    """Drops what only a rule has, or makes it the day that it names, where there is no rule before it."""
    pieces = list(_without_frequent(scan, pieces))
    rules = [piece for piece in pieces if piece.kind == "rule"]
    if not rules:
        return [_as_day(piece) for piece in pieces if piece.kind not in OF_RULES]
    first = rules[0].start
    return [piece for piece in pieces if piece.kind not in OF_RULES or piece.start > first]


def _without_frequent(scan: Scan, pieces: list[Piece]) -> Iterator[Piece]:
    """Yields the pieces without a rule that says how many times within its interval, as `3 times every day`."""
    for previous, piece in pairwise([None, *pieces]):
        assert piece is not None  # noqa: S101  # only the first has none before it
        often = (
            previous is not None and previous.kind == "count" and scan.follows(previous, scan.index_from(piece.start))
        )
        if not (often and piece.kind == "rule"):
            yield piece


def _as_day(piece: Piece) -> Piece:
    return replace(piece, meaning=piece.meaning.value) if piece.kind in {"until", "start"} else piece


def _clearness(folded: str, plain: str, understood: Iterable[Piece]) -> Callable[[Piece], bool]:
    """Returns whether a piece stands at the start or the end of the line, other pieces aside, or behind a lead."""
    rest = list(plain[: len(folded)])
    for piece in understood:
        rest[piece.start : piece.end] = " " * (piece.end - piece.start)
    words = [place for place, char in enumerate(rest) if char.isalnum() or char == HIDDEN]
    first = words[0] if words else len(plain)
    last = words[-1] if words else -1
    if any(char.isalnum() for char in plain[len(folded) :]):
        last = len(plain)
    return lambda piece: piece.led == "hard" or piece.end <= first or piece.start > last


def _last_clear(understood: Iterable[Piece], kind: str, is_clear: Callable[[Piece], bool]) -> Piece | None:
    found = [piece for piece in understood if piece.kind == kind]
    clear = [piece for piece in found if is_clear(piece)]
    return next(reversed(clear or found), None)


def _tags(understood: Iterable[Piece]) -> list[Piece]:
    """Returns the pieces of at most ten tags; one that is there again is understood, too."""
    names: set[str] = set()
    kept: list[Piece] = []
    for piece in (piece for piece in understood if piece.kind == "tag"):
        name = same_tag(piece.meaning.value)
        if name in names or len(names) < MAX_TAGS:
            names.add(name)
            kept.append(piece)
    return kept


def with_part(chosen: Chosen) -> str:
    """Returns the part of the day that the chosen pieces name, wherever it stands."""
    parts = [chosen.once["part"].meaning.value] if "part" in chosen.once else []
    parts += [chosen.once[kind].meaning.value.part for kind in ("time", "date", "rule") if kind in chosen.once]
    return next(filter(None, parts), "")


def rule_of(chosen: Chosen) -> Repeat | None:
    """Returns the rule, after completion where that is said beside it."""
    if "rule" not in chosen.once:
        return None
    repeat: Repeat = chosen.once["rule"].meaning.value
    return replace(repeat, after_completion=repeat.after_completion or "completion" in chosen.once)
