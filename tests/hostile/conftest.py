"""One real system for the whole level, the people who sign up on it, and the loop that the product runs on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import pytest
import uvloop

from tests.support.client import Caller
from tests.support.system import System, running


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Returns uvloop's loop: its sockets end otherwise than those of asyncio."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Started once, with the limits on, as people have it; an attacker has an address of its own.

    A test that stops it starts it again. It looks after its parts hastily, so that nobody waits for a damaged one.
    """
    system = System(tmp_path_factory.mktemp("hostile"), {"DUELY_RATE_LIMITS": "on"})
    system.command = ("-m", "tests.support.hasty", "up")
    with running(system):
        yield system


@pytest.fixture
async def person(system: System) -> AsyncIterator[Caller]:
    """Somebody who has just signed up."""
    async with Caller(system.url) as caller:
        yield await caller.sign_up()
