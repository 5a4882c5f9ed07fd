"""A change of one tag on every task that has it."""

from actors.fields import fold
from actors.replies import Json
from host.store import tag_queries, task_queries
from web.act import Act, Done
from web.api.bulk_sending import send_each
from web.api.consistency import honour
from web.problems import ProblemError


async def change_everywhere(act: Act, tag: str, name: str, body: Json) -> Done:
    """One command to each task that has the tag now; a repeated act goes to the same tasks as the first."""
    await honour(act)
    command = act.command(name, body)
    async with act.db.begin() as connection:
        tagged = await task_queries.ids_with_tag(connection, act.user_id, fold(tag))
        ids = await tag_queries.kept_ids(connection, act.user_id, command, tagged)
    if ids is None:
        raise ProblemError(422, "idempotency_mismatch", "This Idempotency-Key came with another request before.")
    outcome = await send_each(act, command, ids)
    failed = [result for result in outcome.results if result["status"] != 200]  # noqa: PLR2004
    return Done({"changed": len(ids) - len(failed), "failed": failed}, outcome.writes)
