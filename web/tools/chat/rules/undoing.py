"""Takes the last change of the conversation back, whole."""

from dataclasses import replace

from actors.replies import Json
from web.tools.chat.rules.desk import Desk
from web.tools.chat.rules.intent import Intent
from web.tools.chat.rules.reply import Reply, State


async def undo(desk: Desk, state: State, _intent: Intent) -> Reply:
    """Returns what was taken back, and what was changed since and stays."""
    if not state.changes:
        return Reply(desk.words.say("nothing_to_undo"), "nothing", state=state)
    answer = await desk.tools.call("revert-change-set", {"id": state.changes[-1]})
    [result] = answer["results"]
    left = replace(state, changes=state.changes[:-1])
    if result["status"] != "done":
        return Reply(desk.words.say("refused", detail=result.get("detail", "")), "nothing", state=left)
    return Reply(await _told(desk, state, result), "done", state.touched, left)


async def _told(desk: Desk, state: State, result: Json) -> str:
    titles = [desk.words.title(task["title"]) for task in await desk.of_ids(state.touched)]
    lines = [desk.words.say("undone", task=", ".join(titles) or desk.words.title(result["title"]))]
    if result.get("detail"):
        lines.append(desk.words.say("stays", detail=result["detail"]))
    return "\n".join(lines)
