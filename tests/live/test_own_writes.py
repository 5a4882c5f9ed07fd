"""Scripts read at once what they have just written, without sending a consistency token."""

import asyncio

import pytest

from tests.support.client import Caller
from tests.support.own_writes import read_back
from tests.support.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

SCRIPTS = 4
WRITES = 1_000


async def test_each_of_a_thousand_writes_is_read_at_once(system: System, person: Caller) -> None:
    async with Caller(system.url, await person.new_token()) as script:
        missed = await asyncio.gather(*(read_back(script, script, WRITES // SCRIPTS) for _ in range(SCRIPTS)))
    assert [line for lines in missed for line in lines] == []
