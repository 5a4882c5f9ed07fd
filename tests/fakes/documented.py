"""Holds every answer of the API to its OpenAPI document: no operation may answer with a status that it does not name."""

import re
from functools import cache
from typing import Final

import httpx

from web.api.app import describe

_OF_THE_ROUTER: Final = {404, 405}  # no operation answered


async def held_to_its_document(answer: httpx.Response) -> None:
    """A hook of httpx; raises AssertionError for a status that is not documented."""
    operation = _operation(answer.request.method, answer.request.url.path)
    if operation is not None and answer.status_code not in _OF_THE_ROUTER and answer.status_code < 500:
        said = f"{answer.request.method} {operation[0]} does not name {answer.status_code}"
        assert str(answer.status_code) in operation[1], said


def _operation(method: str, path: str) -> tuple[str, frozenset[str]] | None:
    found = [(name, statuses) for asked, shape, name, statuses in _table() if asked == method and shape.fullmatch(path)]
    return found[0] if found else None


@cache
def _table() -> list[tuple[str, re.Pattern[str], str, frozenset[str]]]:
    """Paths without a parameter first, as the router takes them."""
    paths = sorted(describe()["paths"].items(), key=lambda item: item[0].count("{"))
    return [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path, frozenset(operation["responses"]))
        for path, methods in paths
        for method, operation in methods.items()
    ]
