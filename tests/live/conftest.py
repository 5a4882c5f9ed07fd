"""One real system for the whole level, and people who sign up on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.client import Caller
from tests.support.system import System, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Started once. A test that stops it starts it again."""
    with running_system(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
async def person(system: System) -> AsyncIterator[Caller]:
    """Somebody who has just signed up, in UTC."""
    async with Caller(system.url) as caller:
        yield await caller.sign_up()
