"""Reads of how much a user stores."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.read_model.tables import usage


class Usage(NamedTuple):
    """What a user stores: tasks (those in the trash, too), series that are not deleted, and the bytes of both."""

    tasks: int = 0
    series: int = 0
    bytes: int = 0


async def find(connection: AsyncConnection, user_id: str) -> Usage:
    """Returns what the user stores, nothing for one who was not counted yet."""
    statement = select(usage.c.tasks, usage.c.series, usage.c.bytes).where(usage.c.user_id == user_id)
    row = (await connection.execute(statement)).first()
    return usage_of(row or ())


def usage_of(numbers: Iterable[int | None]) -> Usage:
    """Takes the columns of a row; those of a user who was not counted yet may be below zero, null or absent."""
    return Usage(*(max(0, number or 0) for number in numbers))
