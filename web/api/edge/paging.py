"""Pages of lists: by number, or by a cursor that holds for one query of one user."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from actors.replies import Json
from web.act import Act
from web.api.edge.signed import LONGEST
from web.problems import ProblemError


class Numbered(Protocol):
    """The query of a list whose pages have numbers, from 1."""

    page: int
    per_page: int


def page_json(query: Numbered, items: Sequence[Json], total: int, next_cursor: str | None = None) -> Json:
    """Returns one page as the API shows it; `total` counts the items of all pages."""
    return {
        "items": items,
        "total": total,
        "page": query.page,
        "per_page": query.per_page,
        "next_cursor": next_cursor,
    }


class Paged(BaseModel):
    """The query of a list; each list adds its own filters."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=LONGEST)] | None = Field(
        default=None, description="`next_cursor` of the previous page, with the same filters; `page` is then ignored"
    )

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


def cursor_after(act: Act, query: Paged, last: tuple[Any, str] | None) -> str | None:
    """Returns the cursor that continues after the row with that (sort key, id), or None without a row."""
    if last is None:
        return None
    return act.signer.seal("cursor", act.user_id, [_fingerprint(query), *last])


def opened_cursor(act: Act, query: Paged) -> tuple[Any, str] | None:
    """Returns the (sort key, id) in the query's cursor, or None without one.

    Raises the 400 for a cursor that is not ours or belongs to another query.
    """
    if query.cursor is None:
        return None
    value = act.signer.open("cursor", act.user_id, query.cursor)
    if value is None:
        raise ProblemError(400, "bad_cursor", "Send `next_cursor` of the previous page, unchanged.")
    fingerprint, key, row_id = value
    if fingerprint != _fingerprint(query):
        raise ProblemError(400, "bad_cursor", "Send a cursor with the filters and order of the page that it came from.")
    return key, row_id


def _fingerprint(query: Paged) -> str:
    filters = query.model_dump_json(exclude={"cursor", "page", "per_page"})
    return hashlib.sha256(filters.encode()).hexdigest()[:16]
