"""Which tasks or series an intent means: one, several, or a question which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from actors.replies import Json
from web.tools.chat.rules.answering import in_order
from web.tools.chat.rules.desk import MOST_TASKS, Desk, Place
from web.tools.chat.rules.intent import Filter, Intent, Target
from web.tools.chat.rules.reply import MOST_LISTED, Reply, State
from web.tools.chat.rules.understanding import understand

SERIES: Final = frozenset({"skip", "pause", "resume", "stop"})
_PLACES: Final[dict[str, Place]] = {"reopen": "completed", "restore": "trash"}
_NO_COMMANDS: Final = frozenset({"unknown", "none", "list", "add", "thanks", "yes", "no", "pick"})
_MOST_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Meant:
    """The things that are meant, each with id and title, or the answer where that is not clear; `listed` by a filter."""

    things: tuple[Json, ...] = ()
    reply: Reply | None = None
    listed: bool = False


def place_of(intent: Intent) -> Place:
    """Returns where the names of an intent are looked for."""
    return "series" if intent.kind in SERIES else _PLACES.get(intent.kind, "open")


async def select(desk: Desk, state: State, intent: Intent) -> Meant:
    """Returns what an intent means."""
    target = intent.target
    if target.numbers or target.reference:
        return await _referred(desk, state, intent)
    if target.filter is not None:
        return await _filtered(desk, state, intent, target.filter)
    names = list(target.quoted) or ([target.name] if target.name else [])
    if not names:
        return Meant(reply=Reply(desk.words.say("which_task"), "ask", state=state))
    return await named(desk, state, intent, names, ())


async def _referred(desk: Desk, state: State, intent: Intent) -> Meant:
    """Returns what numbers of the last list, or words such as `them`, mean."""
    ids = referred_ids(state, intent.target)
    if ids is None:
        word = "no_list" if intent.target.numbers else "which_task"
        return Meant(reply=Reply(desk.words.say(word), "ask", state=state))
    if (wrong := _missing(intent.target.numbers, len(ids))) is not None:
        return Meant(reply=await _asked_again(desk, state, intent, wrong))
    tasks = await desk.of_ids([ids[place] for place in _places(intent.target.numbers, len(ids))])
    if intent.kind in SERIES:
        return _series_of(desk, state, tasks)
    return Meant(tuple(tasks))


async def _asked_again(desk: Desk, state: State, intent: Intent, wrong: int) -> Reply:
    """Asks which task of the list is meant: a number was said that is not there."""
    options = [
        {"id": task["id"], "title": task["title"], "due": task.get("due")} for task in await desk.of_ids(state.listed)
    ]
    text = desk.words.say("no_number", number=wrong, n=len(state.listed))
    if intent.kind == "list":
        return Reply(text, "ask", state=state)
    asked: Json = {"what": "which", "intent": intent.to_wire(), "options": options, "chosen": [], "names": []}
    return Reply(text, "ask", state.listed, replace(state, asked=asked))


def referred_ids(state: State, target: Target) -> tuple[str, ...] | None:
    """Returns the ids that are spoken of; None when nothing is."""
    if target.reference == "it":
        return state.touched or state.listed or None
    if target.reference:
        return state.listed or state.touched or None
    return state.listed or None


def _missing(numbers: Sequence[int], count: int) -> int | None:
    return next((number for number in numbers if number == 0 or abs(number) > count), None)


def _places(numbers: Sequence[int], count: int) -> list[int]:
    places = [number - 1 if number > 0 else count + number for number in numbers]
    return list(dict.fromkeys(places)) if numbers else list(range(count))


def _series_of(desk: Desk, state: State, tasks: Sequence[Json]) -> Meant:
    single = next((task for task in tasks if not task.get("series_id")), None)
    if single is not None:
        return Meant(
            reply=Reply(desk.words.say("no_series", task=desk.words.title(single["title"])), "nothing", state=state)
        )
    series = {task["series_id"]: {"id": task["series_id"], "title": task["title"]} for task in tasks}
    return Meant(tuple(series.values()))


async def _filtered(desk: Desk, state: State, intent: Intent, wanted: Filter) -> Meant:
    if intent.kind == "reopen":
        wanted = replace(wanted, status="completed")
    elif intent.kind == "restore":
        wanted = replace(wanted, status="trash")
    tasks, total = await desk.find(wanted)
    if not tasks and wanted.text:
        return await named(desk, state, intent, [wanted.text], ())
    if not tasks:
        return Meant(reply=Reply(desk.words.say("none_open"), "nothing", state=state))
    if total > MOST_TASKS:
        return Meant(reply=Reply(desk.words.say("too_many", n=total, most=MOST_TASKS), "nothing", state=state))
    if intent.kind in SERIES:
        return _series_of(desk, state, tasks)
    return Meant(tuple(tasks), listed=True)


async def named(desk: Desk, state: State, intent: Intent, names: Sequence[str], chosen: Sequence[Json]) -> Meant:
    """Returns what names mean besides what is chosen already; asks about the first that fits several.

    A single name is tried whole, and where it fits nothing in the parts that `and` and commas make of it.
    """
    parts = names_in(names[0], desk) if len(names) == 1 and not intent.target.quoted else []
    found = await desk.look_up([*names, *parts], place_of(intent))
    if parts and found[0]["status"] == "failed" and not found[0].get("candidates"):
        names, found = parts, found[1:]
    things = list(chosen)
    for place, (name, result) in enumerate(zip(names, found, strict=False)):
        if result.get("id"):
            things.append({"id": result["id"], "title": result["title"]})
        elif result.get("candidates"):
            rest = list(names[place + 1 :])
            return await _which(desk, state, intent, (name, result["candidates"]), (things, rest))
        elif result.get("code") != "named_twice" and not (place and _is_command(desk, name)):
            return Meant(reply=_not_found(desk, state, intent, name))
    unique = {thing["id"]: thing for thing in things}
    return Meant(tuple(unique.values()))


def _is_command(desk: Desk, part: str) -> bool:
    """Returns whether what stands behind `and` is a command of its own: only the first verb of a message counts."""
    return understand(part, desk.context).kind not in _NO_COMMANDS


def names_in(name: str, desk: Desk) -> list[str]:
    """Returns the names that one text joins; none when it joins none."""
    joiners = "|".join(re.escape(word) for word in desk.phrases.words["joiners"] if word.isalpha())
    parts = [
        part.strip()
        for part in re.split(rf"\s*[,&+]\s*(?:(?:{joiners})\s+)?|\s+(?:{joiners})\s+", name, flags=re.IGNORECASE)
    ]
    named_parts = [part for part in parts if any(char.isalnum() for char in part)]
    return named_parts[:_MOST_PARTS] if len(named_parts) > 1 else []


async def _which(
    desk: Desk, state: State, intent: Intent, several: tuple[str, Sequence[Json]], so_far: tuple[list[Json], list[str]]
) -> Meant:
    """Asks which of the candidates a name means, with numbers; keeps what is chosen and the names that follow."""
    (name, candidates), (chosen, rest) = several, so_far
    options = in_order(candidates, await desk.made_first(candidates))[:MOST_LISTED]
    asked: Json = {
        "what": "which",
        "intent": intent.to_wire(),
        "options": [{"id": each["id"], "title": each["title"], "due": each.get("due")} for each in options],
        "chosen": chosen,
        "names": rest,
    }
    text = f"{desk.words.say('which', task=desk.words.title(name))}\n{desk.words.numbered(options)}"
    ids = tuple(each["id"] for each in options)
    cards = () if intent.kind in SERIES else ids
    return Meant(reply=Reply(text, "ask", cards, replace(state, asked=asked, listed=ids)))


def _not_found(desk: Desk, state: State, intent: Intent, name: str) -> Reply:
    word = "no_series" if intent.kind in SERIES else "not_found"
    return Reply(desk.words.say(word, task=desk.words.title(name)), "nothing", state=state)
