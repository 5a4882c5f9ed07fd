"""The answer to a message as the API shows it."""

from contextlib import suppress

from actors.replies import Json
from host.chat_access import ChatAccess
from host.store.read_model import task_queries
from web.act import Act
from web.api.edge.consistency import wait_for_writes
from web.api.tasks.shown import task_json
from web.problems import ProblemError
from web.tools.chat.runs import Message


def about_json(access: ChatAccess) -> Json:
    """Returns who answers the chat, and who sees what is said there."""
    is_model = access.kind != "rules"
    return {
        "backend": access.kind,
        "provider": access.host if is_model else None,
        "model": access.model if is_model else None,
        "runs_a_day": access.runs_a_day if is_model else None,
    }


async def answer_json(act: Act, said: Message, answer: Json | None) -> Json:
    """Returns the answer with its tasks as they are now; None is one that is not there yet."""
    shown = _RUNNING if answer is None else answer
    return {
        "response": shown["text"],
        "conversation_id": said.conversation_id,
        "run_id": said.run_id,
        "state": shown["state"],
        "kind": shown["kind"],
        "change_set": said.run_id if shown["changed"] else None,
        "tool_calls": shown["calls"],
        "tasks": await _tasks(act, shown["tasks"]),
        "usage": shown["usage"],
    }


_RUNNING: Json = {
    "text": "",
    "state": "running",
    "kind": "nothing",
    "changed": False,
    "calls": [],
    "tasks": [],
    "usage": {},
}


async def _tasks(act: Act, ids: list[str]) -> list[Json]:
    """Returns those of the tasks that are there, in the order of their ids."""
    if not ids:
        return []
    with suppress(ProblemError):  # what was done is done: a card that lags is no reason to answer nothing
        await wait_for_writes(act)
    async with act.db.connect() as connection:
        stored = await task_queries.of_ids(connection, act.user_id, ids)
    return [task_json(stored[task_id], act.now()) for task_id in ids if task_id in stored]
