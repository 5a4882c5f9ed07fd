"""The map of the commands: what reads the rest of a message, by the kind of its form. Pure.

A reader that returns None leaves the message to the forms after its own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from web.language import parse
from web.tools.chat.rules.intent import Intent, IntentKind
from web.tools.chat.rules.levels import prioritise, read_level_behind, read_level_beside
from web.tools.chat.rules.phrases import Form, Phrases
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.rest import Rest
from web.tools.chat.rules.said import Said, quoted_in
from web.tools.chat.rules.tagging import TAG, read_tagged, tags_of
from web.tools.chat.rules.targets import name_in
from web.tools.chat.rules.whens import read_moment, read_rule, read_shift, reversed_shift

EARLY: Final = frozenset({"help", "plan", "todo", "explain", "undo", "forget"})
ONLY_LONG: Final = frozenset({"add", "remind", "forget"})
MOST_BESIDE: Final = 6  # words beside undo
ADDS: Final = frozenset({"add", "remind", "forget"})


def read(form: Form, match: re.Match[str], said: Said, phrases: Phrases, context: Context) -> Intent | None:
    """Returns the intent of a message that a form fits, None where the form is not meant."""
    groups = {name: text for name, text in match.groupdict().items() if text}
    folded = " ".join(groups.values())
    titled = form.kind in ADDS and form.trails  # what is added may say no
    if form.kind not in EARLY and not titled and _negates(folded, phrases):
        return Intent("none", value="negated")
    typed = {name: said.typed(*match.span(name)) for name in groups}
    tags = typed.pop("tags", "")
    return _READERS[form.kind](
        Rest(form, " ".join(typed.values()), tags, said.typed(*match.span()), said, phrases, context)
    )


def _negates(folded: str, phrases: Phrases) -> bool:
    return bool(phrases.nots.search(folded) or phrases.nots_anywhere.search(folded))


def _plain(kind: IntentKind) -> Callable[[Rest], Intent | None]:
    """Returns a reader of a command that is about tasks and says no more."""
    return lambda rest: Intent(kind, rest.target())


def _news(rest: Rest) -> Intent | None:
    target = rest.target()
    return None if target.is_empty else Intent("complete", target, soft=True)


def _alone(kind: IntentKind) -> Callable[[Rest], Intent | None]:
    return lambda _rest: Intent(kind)


def _undo(rest: Rest) -> Intent | None:
    """Reads what is said beside undo: a text with a name of its own may be a title."""
    return Intent("undo") if len(rest.text.split()) <= MOST_BESIDE else None


def _plan(rest: Rest) -> Intent | None:
    """Reads a day to plan; a text that is no day is none of it."""
    if not rest.text:
        when, _ = read_moment(rest.said.text, rest.phrases, rest.context)
        return Intent("plan", value=when.date if when else "")
    when, left = read_moment(rest.text, rest.phrases, rest.context)
    if when is None:
        return Intent("plan") if not name_in(rest.text, rest.phrases) or _is_stop(rest.text, rest.phrases) else None
    return (
        Intent("plan", value=when.date or when.local[:10])
        if not name_in(left, rest.phrases) or _is_stop(left, rest.phrases)
        else None
    )


def _todo(rest: Rest) -> Intent | None:
    """Reads the question what to do: a plan of today; of other days it is one for a list."""
    if not rest.text:
        return Intent("plan")
    when, left = read_moment(rest.text, rest.phrases, rest.context)
    today = rest.context.now.astimezone(ZoneInfo(rest.context.zone)).date().isoformat()
    is_today = when is None or when.date == today
    return Intent("plan") if is_today and _is_stop(left, rest.phrases) else None


def _is_stop(text: str, phrases: Phrases) -> bool:
    bare = phrases.find["stop"].sub("", Said(text).folded)
    return not bare.strip(" ,.!?") or bare.strip(" ,.!?") in phrases.words["nexts"]


def _explain(rest: Rest) -> Intent | None:
    if _is_stop(rest.text, rest.phrases):
        return Intent("explain")
    return Intent("explain", rest.target())


def _add(rest: Rest) -> Intent | None:
    """Reads what is added; tags alone before the name of a task are added to that."""
    tagged = read_tagged(rest)
    if tagged is not None:
        return tagged
    line = _unframed(rest.text, rest.phrases)
    return Intent("add", line=line) if line else None


def _unframed(text: str, phrases: Phrases) -> str:
    """Returns what is to be added without the name of the list behind it."""
    tails = list(phrases.find["list_tails"].finditer(Said(text).folded))
    if tails and not Said(text).folded[tails[-1].end() :].strip(" .!"):
        text = text[: tails[-1].start()]
    return text.strip(" ,:;-–—")


def _remind(rest: Rest) -> Intent | None:
    """Reads a request to be reminded: quick add knows its frame where it has a day or a time, else it is left away."""
    parsed = parse(rest.whole, now=rest.context.now, zone=rest.context.zone, language=rest.context.language)
    if any(span.kind == "request" for span in parsed.spans):
        return Intent("add", line=rest.whole)
    return Intent("add", line=rest.text)


def _delete(rest: Rest) -> Intent | None:
    tagged = read_tagged(rest)
    return (
        replace(tagged, kind="untag") if tagged else Intent("delete", rest.target(_unframed(rest.text, rest.phrases)))
    )


def _move(rest: Rest) -> Intent | None:
    shift, left = read_shift(rest.text, rest.phrases)
    if shift is not None:
        return Intent("move", rest.target(left), shift)
    when, left = read_moment(rest.text, rest.phrases, rest.context)
    if when is None and (found := _set(rest)) is not None:
        return found
    return Intent("move", rest.target(_without_from(left, rest)), when)


def _without_from(text: str, rest: Rest) -> str:
    """Returns what is moved without the day from which it is moved."""
    said = Said(text)
    for match in re.finditer(r"(?<!\S)(?:from|von|vom|de|du|del)\s+(?=\S)", said.folded):
        when, left = read_moment(said.text[said.line.at(match.end()) :], rest.phrases, rest.context)
        if when is not None and not left.strip():
            return text[: said.line.at(match.start())]
    return text


def _earlier(rest: Rest) -> Intent | None:
    intent = _move(rest)
    shifts = intent is not None and intent.when is not None and intent.when.is_shift
    return replace(intent, when=reversed_shift(intent.when)) if shifts and intent and intent.when else intent


def _snooze(rest: Rest) -> Intent | None:
    when, left = read_moment(rest.text, rest.phrases, rest.context)
    if when is None:
        when, left = read_shift(rest.text, rest.phrases)
    return Intent("snooze", rest.target(left), when)


def _repeat(rest: Rest) -> Intent | None:
    text = _without_nouns(rest.text, rest.phrases)
    parsed, left = read_rule(text, rest.phrases, rest.context)
    if parsed is None or parsed.recurrence is None:
        return Intent("repeat", rest.target()) if rest.form.kind == "repeat" else None
    start = (parsed.due or {}).get("local") or (parsed.due or {}).get("date", "")
    rule = parsed.recurrence
    return Intent("repeat", rest.target(left), line=rule["rule"], value=f"{rule['mode']} {start}")


def _without_nouns(text: str, phrases: Phrases) -> str:
    """Returns a text without `task` at its end."""
    words = text.split()
    while len(words) > 1 and Said(words[-1]).folded.strip(".!") in phrases.words["nouns"]:
        words.pop()
    return " ".join(words)


def _skip(rest: Rest) -> Intent | None:
    """Reads which series is to leave out its next slot; a day beside it is that slot's."""
    text = rest.text
    said = Said(text)
    start, end = said.trimmed()
    for found in reversed(list(rest.phrases.find["nexts"].finditer(said.folded, start, end))):
        text = f"{text[: said.line.at(found.start())]} {text[said.line.at(found.end()) :]}"
    if not quoted_in(text):
        for _, period in rest.phrases.periods:
            text = _blanked(text, period)
        _, text = read_moment(text, rest.phrases, rest.context)
    return Intent("skip", rest.target(text))


def _blanked(text: str, expression: re.Pattern[str]) -> str:
    said = Said(text)
    match = expression.search(said.folded)
    return f"{said.typed(0, match.start())} {said.typed(match.end(), len(said.folded))}" if match else text


def _set(rest: Rest) -> Intent | None:
    """Reads a verb that means many things by what stands beside it."""
    level = read_level_beside(rest)
    if level is not None:
        return level
    if (repeat := _repeat(rest)) is not None:
        return repeat
    if TAG.search(rest.text):
        return tags_of("tag")(rest)
    when, left = read_moment(rest.text, rest.phrases, rest.context)
    return None if when is None else Intent("move", rest.target(left), when, soft=True)


_READERS: Final[Mapping[str, Callable[[Rest], Intent | None]]] = {
    "help": _alone("help"),
    "plan": _plan,
    "todo": _todo,
    "explain": _explain,
    "undo": _undo,
    "forget": _add,
    "undate": _plain("undate"),
    "snooze": _snooze,
    "skip": _skip,
    "pause": _plain("pause"),
    "resume": _plain("resume"),
    "stop": _plain("stop"),
    "reopen": _plain("reopen"),
    "restore": _plain("restore"),
    "complete": _plain("complete"),
    "tag": tags_of("tag"),
    "untag": tags_of("untag"),
    "repeat": _repeat,
    "prioritise": prioritise("high"),
    "deprioritise": prioritise("low"),
    "earlier": _earlier,
    "remind": _remind,
    "add": _add,
    "move": _move,
    "delete": _delete,
    "set": _set,
    "levelled": read_level_behind,
    "news": _news,
}
