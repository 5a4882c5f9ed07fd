"""From a line of text to what it says, and to the task or series that it makes."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from actors.clock import parse_instant
from actors.commands import body_hash, command_id_for_item
from actors.day_times import local_day
from actors.replies import Json
from host.store.turns.commands import CommandLog
from web.act import Act, Done
from web.api.quick_add.bodies import Known, Line, QuickAdd
from web.api.quick_add.reading import Read, Source, cut, read
from web.api.quick_add.shown import reading_json
from web.api.series.sending import create_recurring
from web.api.tasks.bodies import CreateTask
from web.api.tasks.sending import as_first_asked, create_task, other_request
from web.problems import Fault, invalid

OLDEST: Final = timedelta(days=30)
AHEAD: Final = timedelta(minutes=5)  # so much may the clock of another machine be wrong
SHORT: Final = 300
_made: Final = set[str]()  # the languages whose grammars this process has


async def read_line(act: Act, line: Line) -> Json:
    """Returns what a line says, as the API shows it."""
    source = _source(act, line)
    return reading_json(await _read(source), source.zone)


async def quick_add(act: Act, body: QuickAdd) -> Done:
    """Creates what a line says. A repeated act does what the first one did, whatever the line says by now."""
    digest = body_hash("QuickAdd", body.model_dump(exclude_unset=True))
    known = await CommandLog(act.db).find(act.command_id)
    if known is None:
        known = {"hash": digest, "reply": await as_first_asked(act, digest, await _task_of(act, body))}
    if known["hash"] != digest:
        raise other_request()
    task = CreateTask.model_validate(known["reply"])
    item = replace(act, command_id=command_id_for_item(act.command_id, "0"))
    return await (create_task if task.recurrence is None else create_recurring)(item, task)


async def _task_of(act: Act, body: QuickAdd) -> Json:
    """Returns the body of the task, or of the first one of a series, that the line and what else is known say."""
    source = _source(act, body)
    found = await _read(source)
    title = cut(found.whole_title)
    fields = {"title": title} | ({"description": body.text} if title != found.whole_title else {})
    return fields | _with_known(found, body, source)


async def _read(source: Source) -> Read:
    """Reads beside the loop what takes tens of milliseconds: a long line, and the first in a language, for its grammar."""
    if len(source.text) <= SHORT and source.language in _made:
        return read(source)
    found = await asyncio.to_thread(read, source)
    _made.add(source.language)
    return found


def _with_known(found: Read, body: QuickAdd, source: Source) -> Json:
    from web.language import repeatable  # noqa: PLC0415  loaded by the reading

    fields: Json = {**_given(body.otherwise), **found.fields, **_given(body.fields)}
    if fields.get("recurrence") is None:
        return fields | ({} if body.id is None else {"id": body.id})
    return repeatable(fields, source.zone, local_day(source.now, source.zone))


def _given(known: Known) -> Mapping[str, Any]:
    return known.model_dump(exclude_unset=True)


def _source(act: Act, line: Line) -> Source:
    """Returns the line with what it is read against; raises the 422 for one that was written too long ago, or later."""
    now, profile = act.now(), act.caller.profile
    written = now if line.written_at is None else parse_instant(line.written_at)
    if not now - OLDEST <= written <= now + AHEAD:
        detail = "A line is read as of an instant at most 30 days ago, and none to come; leave written_at out."
        raise invalid([Fault("/written_at", "out_of_range", detail)])
    language = line.language or profile.defaults.get("language", "en")
    return Source(line.text, written, line.zone or profile.zone, language, tuple(line.literal))
