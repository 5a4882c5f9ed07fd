"""Which part of a list is asked for: pages, and cursors that hold for one query of one user."""

import hashlib
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from web.act import Act
from web.api.edge.signed import LONGEST
from web.problems import ProblemError


class Paged(BaseModel):
    """The query of a list; a list's own filters are added to it."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=LONGEST)] | None = Field(
        default=None, description="`next_cursor` of the page before, with the same filters; `page` is then ignored"
    )

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


def cursor_after(act: Act, query: Paged, last: tuple[Any, str] | None) -> str | None:
    """What to send to go on after the row with that (sort key, id)."""
    if last is None:
        return None
    return act.signer.seal("cursor", act.user_id, [_fingerprint(query), *last])


def opened(act: Act, query: Paged) -> tuple[Any, str] | None:
    """The (sort key, id) in the query's cursor; raises the 400 for one that is not ours or of another query."""
    if query.cursor is None:
        return None
    value = act.signer.open("cursor", act.user_id, query.cursor)
    if value is None:
        raise ProblemError(400, "bad_cursor", "Send `next_cursor` of the page before, unchanged.")
    fingerprint, key, row_id = value
    if fingerprint != _fingerprint(query):
        raise ProblemError(400, "bad_cursor", "A cursor goes on with the filters and order that it was made with.")
    return key, row_id


def _fingerprint(query: Paged) -> str:
    said = query.model_dump_json(exclude={"cursor", "page", "per_page"})
    return hashlib.sha256(said.encode()).hexdigest()[:16]
