"""One real system for the whole level, and the loop that the product runs on."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

import pytest
import uvloop

from tests.support.system import System, running_system


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Returns uvloop's loop: its sockets end otherwise than those of asyncio."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """With the limits on, as people have it; who attacks has an address of its own."""
    with running_system(tmp_path_factory.mktemp("hostile"), {"DUELY_RATE_LIMITS": "on"}) as running:
        yield running
