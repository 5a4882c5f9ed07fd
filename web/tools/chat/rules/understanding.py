"""A message becomes an intent: by the first verb, or as a question, or by a day that quick add reads. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

from web.language import parse
from web.tools.chat.rules.filters import read_filter
from web.tools.chat.rules.intent import Intent, Target
from web.tools.chat.rules.phrases import Form, Phrases, phrases_of
from web.tools.chat.rules.readers import EARLY, ONLY_LONG, read
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.said import Said
from web.tools.chat.rules.targets import read_numbers

LONGEST_COMMAND: Final = 600  # code points; what is longer is something to add, or not understood
_BETWEEN_WORDS: Final = re.compile(r"[\s,:;]+")
_FIRST, _LAST = 4, 2  # words at the beginning and the end of a message in which slips of verbs are forgiven


def understand(message: str, context: Context, *, words: bool = True) -> Intent:
    """Returns what a message asks for; never raises. Without `words` a yes or a no is a text as any other."""
    phrases = phrases_of(context.language)
    said = Said(message).detached(phrases.hyphened, phrases.first_words, phrases.enclitics)
    intent = _Message(said, phrases, context, words=words).read()
    if intent.kind == "unknown" or (intent.kind == "add" and intent.soft):
        right = said.corrected(phrases.verbs, _FIRST, _LAST)
        if right.slips:
            again = _Message(right, phrases, context, words=words).read()
            return again if again.kind != "unknown" and not again.soft else intent
    return intent


_Word = Literal["yes", "no", "thanks"]
_WORDS: Final[tuple[_Word, ...]] = ("yes", "no", "thanks")


class _Message:
    """One message; `start` and `end` are the places of what is left of it without words that mean nothing."""

    def __init__(self, said: Said, phrases: Phrases, context: Context, *, words: bool = True) -> None:
        self._said = said
        self._takes: tuple[_Word, ...] = _WORDS if words else ("thanks",)
        self._phrases = phrases
        self._context = context
        self._start, self._end = said.trimmed()
        self._asks = "?" in said.folded[self._end :] or said.folded[: self._start].endswith("¿")
        self._polite = False
        self._split_at = (-1, -1)
        self._words: list[str] = []

    @property
    def _body(self) -> str:
        return self._said.folded[self._start : self._end]

    def read(self) -> Intent:
        if not any(char.isalnum() or char == "\0" for char in self._body):
            return Intent("thanks" if not self._asks else "unknown")
        if word := self._word():
            return word
        self._strip()
        if word := self._word():
            return word
        if self._phrases.openers.fullmatch(self._body):
            return Intent("thanks")
        if picked := self._picked():
            return picked
        return self._early() or self._none() or self._command() or self._asked() or self._otherwise()

    def _word(self) -> Intent | None:
        """Returns a yes, a no or thanks, where a message is nothing else."""
        for name in self._takes:
            if self._phrases.whole[name].fullmatch(self._body) and not self._undoes():
                return Intent(name)
        return None

    def _undoes(self) -> bool:
        return any(form.kind == "undo" and self._match(form) for form in self._phrases.forms)

    def _match(self, form: Form) -> re.Match[str] | None:
        if (self._start, self._end) != self._split_at:
            self._split_at = (self._start, self._end)
            self._words = _BETWEEN_WORDS.split(self._body)
        may_be = form.may_be(self._words)
        return form.expression.fullmatch(self._said.folded, self._start, self._end) if may_be else None

    def _picked(self) -> Intent | None:
        """Returns numbers, or `both` and the like, that stand alone."""
        words = self._phrases.words
        for name in ("both", "them"):
            if " ".join(self._body.split()) in words[name]:
                return Intent("pick", Target(reference=name))
        numbers = read_numbers(self._body, self._phrases)
        return Intent("pick", Target(numbers=numbers)) if numbers else None

    def _strip(self) -> None:
        """Leaves out what is said around a command, and notes whether it makes one of a question."""
        before = -1
        while before != self._start:
            before = self._start
            for expression in (self._phrases.polite, self._phrases.openers):
                match = expression.match(self._said.folded, self._start, self._end)
                if match and match.end() < self._end and not self._is_form():
                    self._polite = self._polite or expression is self._phrases.polite
                    self._start = match.end()
        match = self._phrases.closers.search(self._body)
        if match and match.start() and not self._is_form(EARLY):
            self._end = self._start + match.start()
        self._start, self._end = self._said.trimmed(self._start, self._end)

    def _is_form(self, kinds: frozenset[str] = frozenset({"help", "undo"})) -> bool:
        return any(form.kind in kinds and self._match(form) for form in self._phrases.forms)

    def _early(self) -> Intent | None:
        return self._by_forms(form for form in self._phrases.forms if form.kind in EARLY)

    def _none(self) -> Intent | None:
        """Returns what changes nothing: a negated command, and a question about one."""
        if self._phrases.never.match(self._body):
            return Intent("none", value="negated")
        unsure = self._phrases.unsure.match(self._body)
        asking = self._phrases.asking.match(self._body)
        if unsure and not self._polite and (asking is None or asking.end() < unsure.end()):
            return Intent("none", value="question")
        return None

    def _command(self) -> Intent | None:
        forms = [form for form in self._phrases.forms if form.kind not in EARLY]
        found = self._by_forms(form for form in forms if form.leads)
        if found is None and self._phrases.asking.match(self._body):
            return None
        return found or self._by_forms(form for form in forms if not form.leads)

    def _by_forms(self, forms: Iterator[Form]) -> Intent | None:
        for form in forms:
            if self._end - self._start > LONGEST_COMMAND and form.kind not in ONLY_LONG:
                continue
            match = self._match(form)
            if match is None:
                continue
            intent = read(form, match, self._said, self._phrases, self._context)
            if intent is not None:
                line = self._said.text if intent.soft else intent.line
                return replace(intent, line=line, doubt=self._asks and not self._polite)
        return None

    def _asked(self) -> Intent | None:
        """Returns the list that is asked for: by a word of asking, or by nothing but what says which tasks."""
        asking = self._phrases.asking.match(self._body)
        if self._end - self._start > LONGEST_COMMAND:
            return None
        counting = self._phrases.find["counting"].search(self._body) is not None
        wanted, rest = read_filter(self._said.typed(self._start, self._end), self._phrases, self._context)
        about = any(token.strip(".,?!") in self._phrases.words["nouns"] for token in self._body.split())
        if not asking and (rest or (wanted.is_wide and not about)):
            return None
        wondering = self._phrases.wondering.match(self._body) is not None and not about
        intent = Intent("list", counts=counting, value="wondering" if wondering and wanted.is_wide else "")
        return replace(intent, target=replace(intent.target, filter=replace(wanted, text=rest)))

    def _otherwise(self) -> Intent:
        if self._asks:
            return Intent("none", value="question")
        parsed = parse(self._said.text, now=self._context.now, zone=self._context.zone, language=self._context.language)
        if parsed.due is not None or parsed.recurrence is not None:
            return Intent("add", line=self._said.text.strip(), soft=True)
        return Intent("unknown")
