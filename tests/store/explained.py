"""Counts what a statement reads, by its plan: for tests that must fail when an index is missing."""

from typing import Any

import orjson

from host.store.engine import Raw


class Explained:
    """A connection that runs each statement twice: once to count in `read` what it looks at, once for the result."""

    def __init__(self, connection: Raw) -> None:
        self._connection = connection
        self.read = 0

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        await self._explain(query, *arguments)
        return list(await self._connection.fetch(query, *arguments))

    async def fetchrow(self, query: str, *arguments: Any) -> Any:
        await self._explain(query, *arguments)
        return await self._connection.fetchrow(query, *arguments)

    async def execute(self, query: str, *arguments: Any) -> str:
        await self._explain(query, *arguments)
        status: str = await self._connection.execute(query, *arguments)
        return status

    async def _explain(self, query: str, *arguments: Any) -> None:
        plan = await self._connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", *arguments)
        self.read = _read(orjson.loads(plan)[0]["Plan"])


def _read(node: dict[str, Any]) -> int:
    """Returns how many rows, index entries and pairs of joins this node and those below it have looked at."""
    own = node.get("Rows Removed by Join Filter", 0)
    if "Relation Name" in node or "Index Name" in node:
        removed = sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck"))
        own += node["Actual Rows"] + removed
    return int(own * node["Actual Loops"]) + sum(_read(child) for child in node.get("Plans", []))
