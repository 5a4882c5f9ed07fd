"""Reads of change sets for routes and tools: a page of the list, and one set with its entries."""

from actors.replies import Json
from host.store.access import tokens
from host.store.read_model import activity_queries, change_set_queries
from host.store.read_model.activity_queries import ActivityFilter
from web.act import Act
from web.api.activity.shown import activity_json, actors_of
from web.api.change_sets.prediction import takes_back
from web.api.change_sets.queries import ChangeSetQuery, EntryQuery
from web.api.change_sets.sending import MOST_ENTRIES, found
from web.api.change_sets.shown import change_set_json
from web.api.edge.paging import cursor_after, opened_cursor, page_json


async def listed(act: Act, query: ChangeSetQuery) -> Json:
    """Returns a page of the caller's sets; raises the 400 for a cursor that is not theirs."""
    after = opened_cursor(act, query)
    async with act.db.snapshot() as connection:
        rows = await change_set_queries.listed(
            connection, act.user_id, limit=query.per_page + 1, offset=0 if after else query.offset, after=after
        )
        total = await change_set_queries.count(connection, act.user_id)
        page = rows[: query.per_page]
        things = await change_set_queries.things(connection, act.user_id, [row.id for row in page])
        names = await tokens.names(connection, act.user_id, [row.actor_id for row in page])
    last = (page[-1].last_at.isoformat(), page[-1].id) if len(rows) > len(page) else None
    items = [change_set_json(row, things.get(row.id, []), names) for row in page]
    return page_json(query, items, total, cursor_after(act, query, last))


async def entries(act: Act, change_set: str, query: EntryQuery) -> Json:
    """Returns a set with a page of its entries, the newest first, and what of them can be taken back now."""
    one = await found(act, change_set)
    wanted = ActivityFilter(change_set=one.id, before=query.before)
    async with act.db.snapshot() as connection:
        rows = await activity_queries.listed(connection, act.user_id, wanted, query.limit + 1)
        changes = await change_set_queries.changes_of(connection, act.user_id, one.id, limit=MOST_ENTRIES)
        made = {row.actor_id: row.position for row in changes if row.type == "task.created"}
        others = await change_set_queries.changed_by_others(connection, act.user_id, made, [one.id])
        now = await change_set_queries.bodies(connection, act.user_id, sorted({row.actor_id for row in changes}))
        things = await change_set_queries.things(connection, act.user_id, [one.id])
        page = rows[: query.limit]
        names = await tokens.names(connection, act.user_id, {one.actor_id, *actors_of(page)})
    states = takes_back(changes, now, others)
    items = [activity_json(row, act.now(), names) for row in page]
    return {
        **change_set_json(one, things.get(one.id, []), names),
        "items": items,
        "takes_back": {str(row.position): states[row.position] for row in page if row.position in states},
        "next_cursor": str(page[-1].position) if len(rows) > len(page) else None,
    }
