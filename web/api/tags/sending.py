"""Commands that change one tag on every task that has it, and in the template of every series."""

from dataclasses import replace

from actors.commands import Command, command_id_for_item
from actors.fields import fold
from actors.replies import Json
from host.store.read_model import series_queries, task_queries
from web.act import SERIES, Act, Done, Write
from web.api.edge.consistency import wait_for_writes
from web.api.tasks.sending import as_first_asked, send_each


async def change_everywhere(act: Act, tag: str, name: str, body: Json) -> Done:
    """Sends one command to each series and each task that has the tag now.

    A repeated act goes to the same tasks as the first.
    """
    await wait_for_writes(act)
    command = act.command(name, body)
    async with act.db.connect() as connection:
        series = await series_queries.ids_with_tag(connection, act.user_id, fold(tag))
        tagged = await task_queries.ids_with_tag(connection, act.user_id, fold(tag))
    ids = (await as_first_asked(act, command.hash, {"ids": list(tagged)}))["ids"]
    # The series go first: none makes a task with the old tag after the tasks were asked.
    templates = [await _send_to_series(act, series_id, command) for series_id in series]
    outcome = await send_each(act, command, ids)
    failed = [result for result in outcome.results if result["status"] != 200]  # noqa: PLR2004
    return Done({"changed": len(ids) - len(failed), "failed": failed}, [*templates, *outcome.writes])


async def _send_to_series(act: Act, series_id: str, command: Command) -> Write:
    item = replace(command, id=command_id_for_item(command.id, series_id))
    reply = await act.services.actors.send(SERIES, series_id, item)
    return series_id, reply.version
