"""Fixtures of the level: one real system, and a person who has signed up on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.client import Caller, signed_up
from tests.support.system import System, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system of the level; a test that stops it starts it again."""
    with running_system(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
async def person(system: System) -> AsyncIterator[Caller]:
    """A person in UTC who has just signed up."""
    async with signed_up(system.url) as caller:
        yield caller
