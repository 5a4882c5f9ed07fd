"""find-series: a person's series, by name and status."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from operator import itemgetter
from typing import Final

from actors.clock import instant_text
from actors.day_times import local_day
from actors.series.occurrences import Occurrence, occurrences
from actors.series.upcoming import made_ahead, upcoming
from actors.shapes import Series
from host.store.read_model import series_queries
from web.tools.brief import BriefSeries, Coming, brief_series, coming
from web.tools.naming import fitting
from web.tools.series.models import FindSeries, SeriesFound
from web.tools.series.named import MOST_TITLES
from web.tools.tool import Use

_AHEAD: Final = (7, 60, 366)  # days to look ahead, the further ones only if there are too few before


async def find_series(use: Use, asked: FindSeries) -> SeriesFound:
    """Returns series with their rule in words, their next occurrence and, if asked for, the coming ones."""
    user_id, first = use.act.user_id, (asked.page - 1) * asked.limit
    async with use.act.db.snapshot() as connection:
        ids = _matching(await series_queries.titles(connection, user_id, MOST_TITLES), asked)
        stored = await series_queries.of_ids(connection, user_id, ids[first : first + asked.limit])
        done = await series_queries.done_of(connection, user_id, made_ahead(stored))
    shown: list[BriefSeries] = []
    for series in stored:
        brief = brief_series(upcoming(series, done))
        shown.append(brief.model_copy(update={"upcoming": _coming(use, series, done, asked.upcoming)}))
        await asyncio.sleep(0)  # others are answered after each: reading a rule takes up to some milliseconds
    return SeriesFound(series=shown, total=len(ids), next=_advice(asked, len(ids), first + len(stored)))


def _matching(titles: list[tuple[str, str, str]], asked: FindSeries) -> list[str]:
    right = [each for each in titles if asked.status in {"any", each[2]}]
    fits = fitting(asked.name, right, itemgetter(1)) if asked.name.strip() else right
    return [series_id for series_id, _, _ in fits]


def _coming(use: Use, series: Series, done: Collection[str], number: int) -> list[Coming]:
    """Returns the next occurrences that have not started and are neither skipped nor done; none if the series does not run."""
    if not number:
        return []
    now, today = instant_text(use.act.now()), local_day(use.act.now(), use.act.caller.profile.zone)
    found: list[Occurrence] = []
    for days in _AHEAD:
        ahead = occurrences(series, [], today, today + timedelta(days=days), numbered=False)
        found = [each for each in ahead if each["at"] > now and _comes(each, done)][:number]
        if len(found) == number:
            break
    return [coming(each) for each in found]


def _comes(occurrence: Occurrence, done: Collection[str]) -> bool:
    return occurrence["state"] in {"open", "computed"} and occurrence["task_id"] not in done


def _advice(asked: FindSeries, total: int, shown: int) -> list[str]:
    if total > shown:
        return [f"There are more: send page {asked.page + 1}."]
    if not total:
        return ["No series fits: leave out name and status, or use find-tasks for tasks that do not repeat."]
    return ["skip-occurrences skips one, update-series changes a series, set-series-status pauses or ends it."]
