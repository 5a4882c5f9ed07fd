"""Answers a message: the table at the end says what is done for each kind of intent that is no command."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from web.problems import ProblemError
from web.tools.chat.rules.adding import add
from web.tools.chat.rules.answering import Words
from web.tools.chat.rules.commanding import command
from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.doing import COMMANDS
from web.tools.chat.rules.intent import Intent
from web.tools.chat.rules.phrases import phrases_of
from web.tools.chat.rules.questions import answered
from web.tools.chat.rules.reply import Context, Reply, State, Tools
from web.tools.chat.rules.telling import count_or_list, explain, plan
from web.tools.chat.rules.understanding import understand
from web.tools.chat.rules.undoing import undo

Answer = Callable[[Desk, State, Intent], Awaitable[Reply]]


async def respond(message: str, state: State, tools: Tools, context: Context) -> Reply:
    """Returns the answer to a message; what it changes, it changes by the tools.

    The same message, state and context make the same calls in the same order, as long as the tools answer the same.
    """
    phrases = phrases_of(context.language)
    desk = Desk(tools, context, phrases, Words(context))
    try:
        return await _answer(desk, state, message)
    except ProblemError as problem:
        text = desk.words.say("refused", detail=problem.detail)
        return Reply(text, "nothing", state=state.forgetting())


async def _answer(desk: Desk, state: State, message: str) -> Reply:
    intent = understand(message, desk.context)
    if state.asked is not None:
        reply = await answered(desk, state, message, intent)
        if reply is not None:
            return reply
    state = state.forgetting()
    if intent.kind in {"yes", "no"}:  # to nothing that was asked
        other = understand(message, desk.context, words=False)
        intent = other if other.kind in COMMANDS | {"undo"} else intent
    if intent.kind in COMMANDS:
        return await command(desk, state, intent)
    return await _ANSWERS[intent.kind](desk, state, intent)


def _word(name: str) -> Answer:
    async def say(desk: Desk, state: State, _intent: Intent) -> Reply:
        return Reply(desk.words.say(name), "nothing", state=state)

    return say


async def _help(desk: Desk, state: State, _intent: Intent) -> Reply:
    return Reply(desk.words.say("help"), "help", state=state)


async def _none(desk: Desk, state: State, intent: Intent) -> Reply:
    return Reply(
        desk.words.say("question" if intent.value == "question" else "nothing_changed"), "nothing", state=state
    )


async def _picked(desk: Desk, state: State, intent: Intent) -> Reply:
    """Answers numbers without a verb, where nothing was asked, with what they mean."""
    return await count_or_list(desk, state, replace(intent, kind="list"))


_ANSWERS: Final[Mapping[str, Answer]] = {
    "add": add,
    "list": count_or_list,
    "plan": plan,
    "explain": explain,
    "undo": undo,
    "pick": _picked,
    "thanks": _word("welcome"),
    "yes": _word("nothing_changed"),
    "no": _word("nothing_changed"),
    "none": _none,
    "help": _help,
    "unknown": _help,
}
