"""The steps of a plan, carried out: the table STEPS says which way each kind goes, and one that fails stops no other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from actors.replies import Json
from host.dapr.gateway import ActorBug, Unavailable
from web.act import Act, Done
from web.api.change_sets.sending import revert
from web.api.change_sets.words import outcome
from web.api.series.bodies import CreateSeries
from web.api.series.sending import (
    change_series,
    create_recurring,
    create_series,
    delete_series,
    edit_series,
    repeat_task,
    split_series,
)
from web.api.tags.sending import change_everywhere
from web.api.tasks.bodies import CreateTask, PatchTask
from web.api.tasks.sending import change_task, create_task
from web.problems import ProblemError, broken, unavailable
from web.tools.brief import BriefTask
from web.tools.did import did
from web.tools.plan import Step, StepKind, Unfit
from web.tools.tool import Candidate, Result, Use

log = logging.getLogger(__name__)

_AT_ONCE: Final = 16
_SECONDS: Final = 10.0  # steps not begun by then fail; those under way end with the gateway's limit
_UNREACHED: Final = unavailable(
    "This could not be reached in time; send the same call again, which does nothing twice."
)
_BRIEF_SERIES: Final = ("id", "title", "sentence", "rule", "mode", "status", "next", "tags")


async def _create_task(act: Act, step: Step) -> Done:
    body = CreateTask.model_validate(step.body)
    return await (create_task if body.recurrence is None else create_recurring)(act, body)


async def _create_series(act: Act, step: Step) -> Done:
    return await create_series(act, CreateSeries.model_validate(step.body))


async def _change_task(act: Act, step: Step) -> Done:
    return await change_task(act, step.target, step.command, step.body)


async def _repeat_task(act: Act, step: Step) -> Done:
    return await repeat_task(act, step.target, PatchTask.model_validate(step.body))


async def _change_series(act: Act, step: Step) -> Done:
    return await change_series(act, step.target, step.command, step.body)


async def _edit_series(act: Act, step: Step) -> Done:
    return await edit_series(act, step.target, step.body)


async def _split_series(act: Act, step: Step) -> Done:
    _, done = await split_series(act, step.target, step.body["slot"], step.body["patch"])
    return done


async def _delete_series(act: Act, step: Step) -> Done:
    return await delete_series(act, step.target, step.body["occurrences"])


async def _rename_tag(act: Act, step: Step) -> Done:
    done = await change_everywhere(act, step.target, "RenameTag", {"from": step.target, "to": step.body["to"]})
    if failed := done.value["failed"]:
        raise ProblemError(503, failed[0]["problem"]["code"], _missed(done.value["changed"], failed))
    return done


def _missed(changed: int, failed: Sequence[Json]) -> str:
    first = failed[0]["problem"]["detail"]
    return f"{changed} tasks were changed and {len(failed)} were not, the first because: {first} The same call goes on."


async def _revert(act: Act, step: Step) -> Done:
    return await revert(act, step.target)


# What each kind takes as `body`: the body of the route that does the same, in web/api; for a series' edit its patch with
# the template apart, for a split {slot, patch}, for a tag {to}.
STEPS: Final[Mapping[StepKind, Callable[[Act, Step], Awaitable[Done]]]] = {
    "create_task": _create_task,
    "create_series": _create_series,
    "change_task": _change_task,
    "repeat_task": _repeat_task,
    "change_series": _change_series,
    "edit_series": _edit_series,
    "split_series": _split_series,
    "delete_series": _delete_series,
    "rename_tag": _rename_tag,
    "revert": _revert,
}


async def carry_out_each(use: Use, steps: Sequence[Step]) -> list[Result]:
    """Returns the result of each step in their order; steps with one target go one after the other."""
    semaphore = asyncio.Semaphore(_AT_ONCE)
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _SECONDS
    results = [_failed(step, _UNREACHED) for step in steps]

    async def go(positions: Sequence[int]) -> None:
        async with semaphore:
            for position in positions:
                if loop.time() <= give_up_at:
                    results[position] = await _carry_out(use.item(position), steps[position])

    await asyncio.gather(*map(go, _by_target(steps)))
    return results


def _by_target(steps: Sequence[Step]) -> list[list[int]]:
    """Returns the positions of the steps, those with the same target together; each that makes something stands alone."""
    targets = [step.target or f"new {position}" for position, step in enumerate(steps)]
    positions = sorted(range(len(steps)), key=targets.__getitem__)
    return [list(group) for _, group in groupby(positions, key=targets.__getitem__)]


async def _carry_out(act: Act, step: Step) -> Result:
    try:
        done = await STEPS[step.kind](replace(act, if_match=step.version), step)
    except ProblemError as problem:
        return _failed(step, problem)
    except Unavailable:
        return _failed(step, _UNREACHED)
    except ActorBug as bug:
        log.warning("an actor has a bug", extra={"actor": step.target, "fingerprint": bug.fingerprint})
        return _failed(step, broken())
    return _done(step, done)


def planned_result(step: Step) -> Result:
    """Returns what a step would do."""
    return Result(status="planned", id=step.target, title=step.title, did=did(step))


def unfit_result(item: Unfit) -> Result:
    """Returns what is said of an item that has no step."""
    candidates = [Candidate(id=one.id, title=one.title, due=one.due) for one in item.candidates]
    return Result(status="failed", code=item.code, detail=item.detail, candidates=candidates)


def _done(step: Step, done: Done) -> Result:
    value = done.value
    if step.kind == "revert":
        did_what, stays = outcome(value)
        return Result(status="done", id=value["change_set"], title=step.title, did=did_what, detail=stays)
    said: dict[str, Any] = {"status": "done", "id": value.get("id", step.target), "did": did(step)}
    if "sentence" in value:
        return Result(**said, title=value["title"], series=_brief(value, _BRIEF_SERIES))
    if "title" in value:
        return Result(**said, title=value["title"], task=_brief(value, BriefTask.model_fields))
    return Result(**said, title=step.title)


def _brief(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value[name] for name in names}


def _failed(step: Step, problem: ProblemError) -> Result:
    return Result(status="failed", id=step.target, title=step.title, code=problem.code, detail=problem.detail)
