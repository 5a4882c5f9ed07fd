"""Carries out a command over tasks or series, after a question where one has to be asked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from actors.replies import Json
from web.tools.chat.rules.adding import add
from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.doing import NEEDS_DUE, calls_of, moved, snoozed_until
from web.tools.chat.rules.intent import Intent, When
from web.tools.chat.rules.reply import MOST_LISTED, Reply, State
from web.tools.chat.rules.selecting import SERIES, Meant, select
from web.tools.plan import MOST_UNASKED

_ASKS: Final = frozenset({"delete"})
_ONE_AT_A_TIME: Final = 20  # calls of a tool that takes one task


async def command(desk: Desk, state: State, intent: Intent) -> Reply:
    """Returns the answer to a command."""
    meant = await select(desk, state, intent)
    unknown = meant.reply is not None and meant.reply.kind == "nothing"
    if intent.kind == "move" and intent.soft and unknown:
        return await add(desk, state, Intent("add", line=intent.line))
    return await go_on(desk, state, intent, meant)


async def go_on(desk: Desk, state: State, intent: Intent, meant: Meant, *, sure: bool = False) -> Reply:
    """Returns the answer once it is known what is meant, or asks what is still open."""
    if meant.reply is not None:
        return meant.reply
    things = list(meant.things)
    if meant.listed:
        state = replace(state, listed=tuple(thing["id"] for thing in things)[:MOST_LISTED])
    if (open_question := _lacks(desk, intent, things)) is not None:
        return _ask(state, intent, things, "argument", open_question)
    if not sure and (intent.doubt or intent.kind in _ASKS or len(things) > MOST_UNASKED):
        return _ask(state, intent, things, "really", _really(desk, intent, things))
    return await carry_out(desk, state, intent, things)


def _lacks(desk: Desk, intent: Intent, things: Sequence[Json]) -> str | None:
    """Returns the question for what a command does not say."""
    task = desk.words.title(things[0]["title"]) if len(things) == 1 else str(len(things))
    if intent.kind == "move" and intent.when is None:
        return desk.words.say("to_when", task=task)
    if intent.kind == "repeat" and not intent.line:
        return desk.words.say("how_often", task=task)
    return None


def _really(desk: Desk, intent: Intent, things: Sequence[Json]) -> str:
    words = desk.words
    name = "sure_delete" if intent.kind == "delete" else "sure"
    if len(things) == 1:
        return words.say(name, task=words.title(things[0]["title"]))
    return f"{words.say(f'{name}_all', n=len(things))}\n{words.numbered(things)}"


def _ask(state: State, intent: Intent, things: Sequence[Json], what: str, text: str) -> Reply:
    kept = [{"id": thing["id"], "title": thing["title"]} for thing in things]
    asked: Json = {"what": what, "intent": intent.to_wire(), "chosen": kept}
    cards = () if intent.kind in SERIES else tuple(thing["id"] for thing in things)[:MOST_LISTED]
    return Reply(text, "ask", cards, replace(state, asked=asked))


async def carry_out(desk: Desk, state: State, intent: Intent, things: Sequence[Json]) -> Reply:
    """Does to the things what is asked for, and says what came of it."""
    state = state.forgetting()
    if intent.kind in NEEDS_DUE:
        things = await _with_due(desk, things)
        undated = next((thing for thing in things if not thing.get("due")), None)
        if undated is not None and intent.when is not None and intent.when.is_shift:
            return Reply(desk.words.say("no_due", task=desk.words.title(undated["title"])), "nothing", state=state)
    results: list[Json] = []
    for tool, arguments in calls_of(intent, things, desk)[:_ONE_AT_A_TIME]:
        changed = await desk.tools.call(tool, arguments)
        results += changed["results"]
        state = after_change(state, changed)
    return _told(desk, state, intent, things, results)


async def _with_due(desk: Desk, things: Sequence[Json]) -> list[Json]:
    ids = [thing["id"] for thing in things]
    pages = [ids[first : first + MOST_LISTED] for first in range(0, len(ids), MOST_LISTED)]
    return [task for page in pages for task in await desk.of_ids(page)]


def after_change(state: State, changed: Json) -> State:
    """Returns the state with what a call has changed."""
    done = tuple(each["id"] for each in changed["results"] if each["status"] == "done" and each.get("id"))
    change_set = changed.get("change_set")
    if not done or not change_set:
        return state
    kept = tuple(each for each in state.changes if each != change_set)
    return replace(state, changes=(*kept, change_set), touched=done[:MOST_LISTED])


def _told(desk: Desk, state: State, intent: Intent, things: Sequence[Json], results: Sequence[Json]) -> Reply:
    done = [each for each in results if each["status"] == "done"]
    failed = [each for each in results if each["status"] != "done"]
    lines = [_done(desk, intent, things, done)] if done else []
    lines += [_failed(desk, each) for each in failed[:MOST_UNASKED]]
    cards = tuple(_card(each) for each in done if _card(each))[:MOST_LISTED]
    return Reply("\n".join(lines), "done" if done else "nothing", cards, state)


def _card(result: Json) -> str:
    return str(result["id"]) if result.get("task") else ""


def _failed(desk: Desk, result: Json) -> str:
    task = desk.words.title(result.get("title") or "")
    return desk.words.say("failed", task=task, detail=result.get("detail", ""))


def _done(desk: Desk, intent: Intent, things: Sequence[Json], done: Sequence[Json]) -> str:
    words = desk.words
    values = {**dict(_values(desk, intent, things)), "n": len(done)}
    if len(done) == 1:
        one = done[0]
        more = _next(desk, one)
        return words.say(intent.kind, task=words.title(one["title"]), more=more, **values)
    tasks = [{**each, **(each.get("task") or {})} for each in done]
    name = f"{intent.kind}_all" if intent.kind not in _ONLY_ONE else "many"
    return f"{words.say(name, **values)}\n{words.numbered(tasks)}"


_ONLY_ONE: Final = frozenset({"repeat", "skip", "pause", "resume", "stop"})


def _next(desk: Desk, result: Json) -> str:
    """Returns when a series comes next, where its answer says so."""
    coming = (result.get("series") or {}).get("next")
    if not coming:
        return ""
    due = {"local": coming["local"]} if "local" in coming else {"date": coming.get("date") or coming["slot"][:10]}
    return desk.words.say("next", due=desk.words.due(due))


def _values(desk: Desk, intent: Intent, things: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """Yields what the answers of some kinds say."""
    words = desk.words
    if intent.kind == "move" and intent.when and things:
        to = moved(intent.when, things[0].get("due"))
        yield "due", words.due(_kept_time(to, things[0]))
    if intent.kind == "snooze":
        yield "when", words.due({"local": snoozed_until(intent.when or _HOUR, desk)})
    if intent.kind == "prioritise":
        yield "level", words.say(intent.value)
    if intent.kind in {"tag", "untag"}:
        yield "tags", " ".join(f"#{tag}" for tag in intent.tags)


_HOUR: Final = When(minutes=60)


def _kept_time(to: str, thing: Json) -> Json:
    """Returns the due after a move: a task with a time of day keeps it."""
    local = (thing.get("due") or {}).get("local", "")
    return {"local": to if "T" in to else f"{to}{local[10:]}"} if "T" in to or local else {"date": to}
