"""Finds the pieces of a line that mean something, from its end to its start, so that each knows what stands behind it. Pure."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from web.language.folding import HIDDEN, Line, Token
from web.language.meaning import Clock, Context, Day, Groups, Kind, Meaning
from web.language.patterns import Grammar, Pattern
from web.language.readers.signs import sign
from web.language.readers.table import READERS

MARKS = ",;:.!?…)]}-–—"
JOINING = ("", ",")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the folded text and its meaning; `led` says whether a lead stands in it, and of which kind."""

    start: int
    end: int
    meaning: Meaning
    led: str = ""

    @property
    def kind(self) -> str:
        """The kind of its meaning."""
        return self.meaning.kind

    @property
    def stands(self) -> bool:
        """Whether it counts by itself, whatever stands beside it."""
        return self.meaning.needs not in {"beside", "short"}


def _is_one_day(first: Meaning, second: Meaning, between: str) -> bool:
    """Returns whether two days side by side are one: a weekday and a date, or the same day twice."""
    if between not in {"", ",", ".,", "("} or second.kind != "date" or "moment" in {first.form, second.form}:
        return False
    if first.value.day == second.value.day:
        return second.needs != "short" or first.form == "calendar"
    if {first.form, second.form} != {"weekday", "calendar"}:
        return False
    return first.form == "weekday" or between != ","


class Scan:
    """One pass over a line. `pieces[i]` holds what may begin at token i, the best first."""

    def __init__(self, line: Line, context: Context, grammars: tuple[Grammar, ...]) -> None:
        self.line = line
        self.context = context
        self.grammars = grammars
        self.tokens = line.tokens
        self._starts = [token.start for token in self.tokens]
        self._leads = frozenset[str]().union(*(grammar.leads for grammar in grammars))
        self._small = frozenset[str]().union(*(grammar.small for grammar in grammars))
        self._articles = frozenset[str]().union(*(grammar.articles for grammar in grammars))
        self._things = frozenset[str]().union(*(grammar.short_words for grammar in grammars))
        self._capitals = frozenset[str]().union(*(grammar.short_capitals for grammar in grammars))
        self.pieces: list[list[Piece]] = [[] for _ in self.tokens]
        for place in reversed(range(len(self.tokens))):
            self.pieces[place] = self._pieces_at(place)

    def index_from(self, end: int) -> int:
        """Returns the index of the first token from a place on."""
        return bisect_left(self._starts, end)

    def between(self, end: int, index: int) -> str:
        """Returns what stands between a piece's end and a token, without spaces."""
        until = self._starts[index] if index < len(self._starts) else len(self.line.folded)
        return self.line.folded[end:until].strip()

    def follows(self, piece: Piece, index: int) -> bool:
        """Returns whether a token stands right behind a piece."""
        return self.index_from(piece.end) == index and not self.between(piece.end, index)

    def next_piece(self, end: int, allowed: tuple[str, ...] = ("",)) -> Piece | None:
        """Returns the piece that begins right behind a place, with nothing but an allowed mark between."""
        index = self.index_from(end)
        if index >= len(self.tokens) or self.between(end, index) not in allowed:
            return None
        return next((piece for piece in self.pieces[index] if piece.stands), None)

    def _pieces_at(self, place: int) -> list[Piece]:
        token = self.tokens[place]
        signed = sign(self.line.plain, self.line.folded, token.start, self.grammars)
        if signed:
            return [self._sign(token.start, *signed)]
        found = [done for piece in self._matches(place, token) if (done := self._settled(place, piece))]
        return sorted(found, key=lambda piece: (-piece.end, piece.meaning.needs != "beside"))

    def _sign(self, start: int, end: int, meaning: Meaning) -> Piece:
        named = meaning.kind in {"tag", "list"}
        return Piece(start, end, replace(meaning, value=self.line.typed(start + 1, end)) if named else meaning)

    def _matches(self, place: int, token: Token) -> Iterator[Piece]:
        for grammar in self.grammars:
            for pattern in grammar.by_key.get(token.key, ()):
                piece = self._match(pattern, place, token)
                if piece:
                    yield piece

    def _match(self, pattern: Pattern, place: int, token: Token) -> Piece | None:
        found = pattern.expression.match(self.line.folded, token.start)
        if found is None:
            return None
        context = self.context.of(self.line.plain[token.start : found.end()], first=place == 0)
        meaning = READERS[pattern.reader](Groups(found.groupdict(), pattern.grammar.values), context, pattern.grammar)
        if meaning is None:
            return None
        led = "hard" if token.key in self._leads and meaning.kind in {"date", "time"} else ""
        return Piece(token.start, found.end(), meaning, led)

    def _settled(self, place: int, piece: Piece) -> Piece | None:
        """Returns the piece with what it leads or belongs to; None where it does not count."""
        if piece.kind == "prefix":
            return self._led(piece)
        if piece.meaning.needs == "short" and self.tokens[place].key in self.grammars[0].articles:
            return None  # French `mon` is no English Monday
        if piece.meaning.needs == "free" and not self._is_free(piece.end):
            return None
        if piece.kind == "date":
            piece = self._with_its_date(piece)
        if piece.meaning.needs == "short" and self._counts_short(place, piece):
            return replace(piece, meaning=replace(piece.meaning, needs=""))
        return piece

    def _is_free(self, end: int) -> bool:
        """Returns whether a weak form that ends here stands free (rule 10)."""
        index = self.index_from(end)
        between = self.between(end, index)
        if between or index >= len(self.tokens):
            return not between or between[0] in MARKS or self._is_mark(between)
        if any(piece.kind != "past" and piece.meaning.needs != "short" for piece in self.pieces[index]):
            return True
        token = self.tokens[index]
        if not self.line.folded[token.start : token.end].strip(MARKS):
            return True
        return token.key in self._small or self._is_verb(token)

    def _is_mark(self, between: str) -> bool:
        return HIDDEN not in between and not any(char.isalnum() for char in between)

    def _is_verb(self, token: Token) -> bool:
        word = self.line.plain[token.start : token.end].rstrip(MARKS)
        return any(grammar.free_before.fullmatch(word) for grammar in self.grammars)

    def _with_its_date(self, piece: Piece) -> Piece:
        """Joins a weekday and the date beside it, which is the one that counts."""
        index = self.index_from(piece.end)
        between = self.between(piece.end, index)
        following = next((one for one in self._at(index) if _is_one_day(piece.meaning, one.meaning, between)), None)
        if following is None:
            return piece
        closed = between == "(" and self.line.folded.startswith(")", following.end)
        dated = piece.meaning if piece.meaning.form == "calendar" else following.meaning
        return Piece(piece.start, following.end + closed, dated, piece.led)

    def _counts_short(self, place: int, piece: Piece) -> bool:
        """Returns whether a short weekday is one here (rule 11)."""
        previous = self.tokens[place - 1] if place and not self.between(self.tokens[place - 1].end, place) else None
        key = previous.key if previous else ""
        word = self.line.folded[piece.start : piece.end].rstrip(".")
        if key in self._articles and (word in self._things or key not in self._leads):
            return False
        if key in self._leads:
            return True
        if word in self._things and key in self._small:
            return False
        capital = self.line.plain[piece.start].isupper()
        return (capital or word not in self._capitals) and self._ends_or_leads_on(piece.end)

    def _ends_or_leads_on(self, end: int) -> bool:
        following = self.next_piece(end, JOINING)
        while following is not None:
            if following.kind in {"time", "date"}:
                return True
            end = following.end
            following = self.next_piece(end, JOINING)
        return self.index_from(end) >= len(self.tokens) or any(
            piece.kind == "part" for piece in self._at(self.index_from(end))
        )

    def _at(self, index: int) -> list[Piece]:
        return self.pieces[index] if index < len(self.pieces) else []

    def _led(self, prefix: Piece) -> Piece | None:
        role: str = prefix.meaning.value
        if role == "remind":
            return self._reminder(prefix)
        following = self.next_piece(prefix.end, ("", ":"))
        if following is None:
            return None
        if role in {"until", "start"}:
            return self._bound(prefix, following, role)
        return self._lead(prefix, following, role)

    def _lead(self, prefix: Piece, following: Piece, role: str) -> Piece | None:
        if following.kind not in {"date", "time", "rule", "part"}:
            return None
        led = role if role == "hard" else following.led or role
        return replace(following, start=prefix.start, led=led)

    def _bound(self, prefix: Piece, following: Piece, role: str) -> Piece | None:
        if following.kind != "date" or following.meaning.form == "moment":
            return None
        kind: Kind = "until" if role == "until" else "start"
        key = self.tokens[self.index_from(prefix.start)].key
        led = "hard" if key in self._leads else "soft"
        return Piece(prefix.start, following.end, Meaning(kind, following.meaning), led)

    def _reminder(self, prefix: Piece) -> Piece | None:
        """Joins `remind me` with the day and the time behind it."""
        day: Day | None = None
        clock: Clock | None = None
        part, end = "", prefix.end
        while (piece := self._any_piece(end)) and piece.kind in {"date", "time", "part"}:
            if piece.kind == "date" and day is None:
                day = piece.meaning.value
            elif piece.kind == "time" and clock is None:
                clock = piece.meaning.value
            elif piece.kind == "part" and not part:
                part = piece.meaning.value
            else:
                break
            end = piece.end
        if end == prefix.end:
            return None
        return Piece(prefix.start, end, Meaning("reminder", (day, clock, part)))

    def _any_piece(self, end: int) -> Piece | None:
        index = self.index_from(end)
        if index >= len(self.tokens) or self.between(end, index) not in {"", ":", ","}:
            return None
        return next(iter(self.pieces[index]), None)
