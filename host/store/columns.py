"""Columns that all tables use: ids are text, instants timestamptz."""

from typing import Any, Final

from sqlalchemy import Column, DateTime, MetaData, Text, text

metadata: Final = MetaData()
Instant: Final = DateTime(timezone=True)


def id_(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=primary_key, nullable=nullable)


def instant(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Instant, nullable=nullable)


def stamp(name: str) -> Column[Any]:
    """Returns a column that holds when the row was written, by the database's clock; it is never domain time."""
    return Column(name, Instant, nullable=False, server_default=text("clock_timestamp()"))
