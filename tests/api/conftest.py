"""A Duely of one test, and two people in it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import httpx
import pytest

from tests.fakes.listener import Served, served
from tests.fakes.world import World, world


@pytest.fixture
async def here(database_url: str) -> AsyncGenerator[World]:
    async with world(database_url) as made:
        yield made


@pytest.fixture
async def server(here: World) -> AsyncGenerator[Served]:
    hub = asyncio.create_task(here.hub.run())
    async with served(here.app) as made:
        yield made
    hub.cancel()
    with suppress(asyncio.CancelledError):
        await hub


@pytest.fixture
async def ada(here: World) -> httpx.AsyncClient:
    return await here.person("ada@example.org", timezone="Europe/Berlin")


@pytest.fixture
async def bob(here: World) -> httpx.AsyncClient:
    return await here.person("bob@example.org")
