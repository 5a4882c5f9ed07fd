"""Commands that change one tag on every task that has it."""

from actors.fields import fold
from actors.replies import Json
from host.store.read_model import task_queries
from web.act import Act, Done
from web.api.edge.consistency import wait_for_writes
from web.api.tasks.sending import as_first_asked, send_each


async def change_everywhere(act: Act, tag: str, name: str, body: Json) -> Done:
    """Sends one command to each task that has the tag now; a repeated act goes to the same tasks as the first."""
    await wait_for_writes(act)
    command = act.command(name, body)
    async with act.db.connect() as connection:
        tagged = await task_queries.ids_with_tag(connection, act.user_id, fold(tag))
    ids = (await as_first_asked(act, command.hash, {"ids": list(tagged)}))["ids"]
    outcome = await send_each(act, command, ids)
    failed = [result for result in outcome.results if result["status"] != 200]  # noqa: PLR2004
    return Done({"changed": len(ids) - len(failed), "failed": failed}, outcome.writes)
