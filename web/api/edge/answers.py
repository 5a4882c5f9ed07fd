"""Responses: JSON that we made, the result of an act, and problems."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

from web.act import Act, Done
from web.api.edge.consistency import HEADER, token_for
from web.problems import ProblemError

JSON_PROBLEM: Final = "application/problem+json"
_STATUS: Final = {"changed": 200, "made": 201, "pending": 202}


def answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Returns the value as JSON; it is not validated again, because we made it."""
    return Response(orjson.dumps(value), status_code=status, headers=dict(headers or {}), media_type="application/json")


def answer_done(act: Act, done: Done, **headers: str) -> Response:
    """Returns what an act has to show, with the headers that the next read and the next edit need."""
    return answer(done.value, status=_STATUS[done.outcome], headers=_write_headers(act, done) | headers)


def no_content(act: Act, done: Done) -> Response:
    """Returns the 204 for an act with nothing to show, with the headers of a write."""
    return Response(status_code=204, headers=_write_headers(act, done))


def answer_problem(problem: ProblemError) -> Response:
    """Returns the problem as `application/problem+json`."""
    return Response(
        orjson.dumps(problem.as_json()), status_code=problem.status, headers=problem.headers, media_type=JSON_PROBLEM
    )


def _write_headers(act: Act, done: Done) -> dict[str, str]:
    token = {HEADER: token_for(act, done.writes)}
    return token if done.version is None else token | {"ETag": f'"{done.version}"'}
