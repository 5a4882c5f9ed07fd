"""Takes the last change of the conversation back, whole."""

from dataclasses import replace

from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.intent import Intent
from web.tools.chat.rules.reply import Reply, State


async def undo(desk: Desk, state: State, _intent: Intent) -> Reply:
    """Returns what was taken back, and what was changed since and stays."""
    if not state.changes:
        return Reply(desk.words.say("nothing_to_undo"), "nothing", state=state)
    answer = await desk.tools.call("revert-change-set", {"change_set": state.changes[-1]})
    results = answer["results"]
    back = [each for each in results if each["status"] == "done"]
    kept = [each for each in results if each["status"] != "done"]
    titles = list(dict.fromkeys(desk.words.title(each["title"]) for each in back if each.get("title")))
    lines = [desk.words.say("undone", n=", ".join(titles) or len(back))] if back else []
    lines += [desk.words.say("not_undone", task=desk.words.title(each.get("title", ""))) for each in kept]
    touched = tuple(dict.fromkeys(each["id"] for each in back if each.get("id")))
    left = replace(state, changes=state.changes[:-1], touched=touched or state.touched)
    return Reply("\n".join(lines), "done" if back else "nothing", touched, left)
