"""What a statement reads, as its plan tells: for tests that must fail when an index is missing."""

from typing import Any

import orjson

from host.store.engine import Raw


class Explained:
    """A connection that tells of each statement what its plan read, and then runs it."""

    def __init__(self, connection: Raw) -> None:
        self._connection = connection
        self.read = 0

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        await self.fetchrow(query, *arguments)
        return list(await self._connection.fetch(query, *arguments))

    async def fetchrow(self, query: str, *arguments: Any) -> None:
        plan = await self._connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", *arguments)
        self.read = _read(orjson.loads(plan)[0]["Plan"])

    async def execute(self, query: str, *arguments: Any) -> str:
        await self.fetchrow(query, *arguments)
        status: str = await self._connection.execute(query, *arguments)
        return status


def _read(node: dict[str, Any]) -> int:
    """Rows of tables, entries of indexes and pairs of a join that this node and those below it have looked at."""
    own = node.get("Rows Removed by Join Filter", 0)
    if "Relation Name" in node or "Index Name" in node:
        removed = sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck"))
        own += node["Actual Rows"] + removed
    return int(own * node["Actual Loops"]) + sum(_read(child) for child in node.get("Plans", []))
