"""An agent that calls tools."""

import httpx
import pytest

from tests.agents.tools.callers import Agent
from tests.fakes.world import World


@pytest.fixture
def agent(here: World, ada: httpx.AsyncClient) -> Agent:
    return Agent(here, ada)
