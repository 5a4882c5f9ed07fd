"""Answers to the question that is open: yes, no, a number, a word of a name, a day."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from actors.replies import Json
from web.tools.chat.rules.commanding import go_on
from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.doing import COMMANDS
from web.tools.chat.rules.intent import Intent
from web.tools.chat.rules.reply import Reply, State
from web.tools.chat.rules.said import Said
from web.tools.chat.rules.selecting import Meant, named
from web.tools.chat.rules.targets import name_in, read_numbers
from web.tools.chat.rules.understanding import understand
from web.tools.chat.rules.whens import read_moment, read_rule, read_shift
from web.tools.naming import fitting, words_of

_OTHER: Final = COMMANDS | {"list", "plan", "explain", "help"}


async def answered(desk: Desk, state: State, message: str, intent: Intent) -> Reply | None:
    """Returns the answer where a message answers the open question; None where it says something else."""
    asked = state.asked or {}
    answer = {"really": _really, "which": _which, "argument": _argument}[asked["what"]]
    return await answer(desk, state, message, intent)


def _asked_intent(state: State) -> Intent:
    return Intent.from_wire((state.asked or {})["intent"])


def _says(desk: Desk, name: str, message: str) -> bool:
    said = Said(message)
    start, end = said.trimmed()
    return desk.phrases.whole[name].fullmatch(said.folded, start, end) is not None


def _again(desk: Desk, state: State, number: int, count: int) -> Reply:
    """Asks once more: a number was said that is not there."""
    return Reply(desk.words.say("no_number", number=number, n=count), "ask", state=state)


def _ended(desk: Desk, state: State) -> Reply:
    return Reply(desk.words.say("nothing_changed"), "nothing", state=state.forgetting())


async def _really(desk: Desk, state: State, message: str, intent: Intent) -> Reply | None:
    wanted, chosen = _asked_intent(state), (state.asked or {})["chosen"]
    if _says(desk, "no", message):
        return _ended(desk, state)
    if _says(desk, "yes", message) or _repeats(desk, wanted, message):
        return await go_on(desk, state, replace(wanted, doubt=False), Meant(tuple(chosen)), sure=True)
    if intent.kind == "pick":
        return _again(desk, state, intent.target.numbers[0], len(chosen)) if _beyond(intent, len(chosen)) else None
    return None


def _repeats(desk: Desk, wanted: Intent, message: str) -> bool:
    """Returns whether a message says yes and then the same command again, as `yes, delete the dentist`."""
    said = Said(message)
    start, _ = said.trimmed()
    begins = desk.phrases.begins_yes.match(said.folded, start)
    if begins is None:
        return False
    again = understand(said.text[said.line.at(begins.end()) :], desk.context)
    return again.kind == wanted.kind and (again.target.is_empty or again.target == wanted.target)


def _beyond(intent: Intent, count: int) -> bool:
    return any(number == 0 or abs(number) > count for number in intent.target.numbers)


async def _which(desk: Desk, state: State, message: str, intent: Intent) -> Reply | None:
    options = (state.asked or {})["options"]
    numbers = (
        intent.target.numbers or _numbers_behind_no(desk, message)
        if intent.kind in {"pick", "unknown", "no", "none"}
        else ()
    )
    if numbers:
        if (wrong := next((each for each in numbers if each == 0 or abs(each) > len(options)), None)) is not None:
            return _again(desk, state, wrong, len(options))
        return await _chosen(desk, state, [options[each - 1 if each > 0 else each] for each in numbers])
    if _all_of_them(desk, message):
        return await _chosen(desk, state, options)
    if _says(desk, "no", message):
        return _ended(desk, state)
    return await _by_name(desk, state, message, intent)


async def _by_name(desk: Desk, state: State, message: str, intent: Intent) -> Reply | None:
    """Returns the answer where a message has the title of one, or is no command and has words of the names."""
    options = (state.asked or {})["options"]
    whole = [each for each in options if words_of(each["title"]) == words_of(message)]
    if len(whole) == 1:
        return await _chosen(desk, state, whole)
    if intent.kind in _OTHER or (intent.kind == "add" and not intent.soft):
        return None
    return await _by_words(desk, state, message, options)


def _numbers_behind_no(desk: Desk, message: str) -> tuple[int, ...]:
    """Returns the numbers of `no, the second one`."""
    said = Said(message)
    start, end = said.trimmed()
    for expression in (desk.phrases.begins_no, desk.phrases.begins_yes):
        begins = expression.match(said.folded, start, end)
        if begins and (numbers := read_numbers(said.folded[begins.end() : end].strip(" ,.;:"), desk.phrases)):
            return numbers
    return ()


def _all_of_them(desk: Desk, message: str) -> bool:
    said = Said(message)
    start, end = said.trimmed()
    body = " ".join(said.folded[start:end].split())
    words = desk.phrases.words
    return body in words["both"] or body in words["them"] or desk.phrases.everything.fullmatch(body) is not None


async def _by_words(desk: Desk, state: State, message: str, options: Sequence[Json]) -> Reply | None:
    """Returns the answer where the message has words of the names, or the day of one."""
    said = Said(message)
    start, end = said.trimmed()
    name = name_in(said.typed(start, end), desk.phrases)
    fits = fitting(name, options, lambda each: str(each["title"])) if name else []
    if not fits:
        when, _ = read_moment(message, desk.phrases, desk.context)
        day = when.date or when.local[:10] if when else ""
        fits = [each for each in options if day and each.get("due") and day == _day(each["due"])]
    if not fits:
        return None
    if len(fits) > 1:
        kept = {**(state.asked or {}), "options": fits}
        text = f"{desk.words.say('which', task=desk.words.title(name))}\n{desk.words.numbered(fits)}"
        ids = tuple(each["id"] for each in fits)
        return Reply(text, "ask", ids, replace(state, asked=kept, listed=ids))
    return await _chosen(desk, state, fits)


def _day(due: Json) -> str:
    return str(due.get("date") or due["local"])[:10]


async def _chosen(desk: Desk, state: State, options: Sequence[Json]) -> Reply:
    """Goes on with what is chosen, and with the names that come after it."""
    asked = state.asked or {}
    wanted, state = _asked_intent(state), state.forgetting()
    chosen = [*asked["chosen"], *({"id": each["id"], "title": each["title"]} for each in options)]
    if asked["names"]:
        return await go_on(desk, state, wanted, await named(desk, state, wanted, asked["names"], chosen))
    return await go_on(desk, state, wanted, Meant(tuple(chosen)))


async def _argument(desk: Desk, state: State, message: str, intent: Intent) -> Reply | None:
    """Reads the day of a move or the rule of a repetition that was asked for."""
    wanted, chosen = _asked_intent(state), (state.asked or {})["chosen"]
    if _says(desk, "no", message):
        return _ended(desk, state)
    if intent.kind in _OTHER - {"list"}:
        return None
    completed = _with_argument(desk, wanted, message)
    if completed is None:
        return None
    return await go_on(desk, state.forgetting(), completed, Meant(tuple(chosen)))


def _with_argument(desk: Desk, wanted: Intent, message: str) -> Intent | None:
    if wanted.kind == "repeat":
        parsed, rest = read_rule(message, desk.phrases, desk.context)
        if parsed is None or parsed.recurrence is None or name_in(rest, desk.phrases):
            return None
        start = (parsed.due or {}).get("local") or (parsed.due or {}).get("date", "")
        return replace(wanted, line=parsed.recurrence["rule"], value=f"{parsed.recurrence['mode']} {start}")
    when, rest = read_shift(message, desk.phrases)
    if when is None:
        when, rest = read_moment(message, desk.phrases, desk.context)
    return replace(wanted, when=when) if when is not None and not name_in(rest, desk.phrases) else None
