"""Which series a name or an id means."""

import asyncio
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final

from actors.shapes import Series
from host.store.read_model import series_queries
from web.tools.naming import Titles
from web.tools.plan import Candidate, Unfit
from web.tools.task_names import as_id
from web.tools.tool import Use

MOST_TITLES: Final = 5_000  # more than a person may have series
_MOST_CANDIDATES: Final = 10


async def series_named(use: Use, names: Sequence[str]) -> list[Series | Unfit]:
    """Returns for each id or name the series that it means, or why it means none; deleted ones are none."""
    user_id = use.act.user_id
    async with use.act.db.snapshot() as connection:
        titles = await series_queries.titles(connection, user_id, MOST_TITLES)
        # Many names in many titles take a second, in which others are answered.
        found = await asyncio.to_thread(_all_found, names, [(series_id, title) for series_id, title, _ in titles])
        ids = [ids[0] for ids in found if len(ids) == 1]
        stored = {each["id"]: each for each in await series_queries.of_ids(connection, user_id, ids)}
    by_id = {series_id: title for series_id, title, _ in titles}
    return [
        stored[ids[0]] if len(ids) == 1 else _unfit(place, name, [(each, by_id[each]) for each in ids])
        for place, (name, ids) in enumerate(zip(names, found, strict=True))
    ]


def _all_found(names: Sequence[str], titles: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Returns for each name or id the ids of the series that it fits."""
    known, by_words = dict(titles), Titles(titles, itemgetter(1))
    return [_found(name, known, by_words) for name in names]


def _found(name: str, known: Mapping[str, str], by_words: Titles[tuple[str, str]]) -> list[str]:
    if (series_id := as_id(name)) is not None:
        return [series_id] if series_id in known else []
    return [series_id for series_id, _ in by_words.fitting(name)]


def _unfit(place: int, name: str, fits: Sequence[tuple[str, str]]) -> Unfit:
    if not fits:
        detail = f"No series of yours is named {name}. find-series lists all; a task that does not repeat is no series."
        return Unfit(place, "series_not_found", detail)
    candidates = tuple(Candidate(*fit) for fit in fits[:_MOST_CANDIDATES])
    detail = f"{len(fits)} series fit {name}. Send the id of one of the candidates."
    return Unfit(place, "ambiguous_name", detail, candidates)
