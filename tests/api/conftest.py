"""A Duely of one test, and two people in it."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.fakes.world import World, world


@pytest.fixture
async def here(database_url: str) -> AsyncGenerator[World]:
    async with world(database_url) as made:
        yield made


@pytest.fixture
async def ada(here: World) -> httpx.AsyncClient:
    return await here.person("ada@example.org", timezone="Europe/Berlin")


@pytest.fixture
async def bob(here: World) -> httpx.AsyncClient:
    return await here.person("bob@example.org")
