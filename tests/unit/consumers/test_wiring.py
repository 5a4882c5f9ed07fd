"""The wiring of consumers and their table name the same ones."""

import pytest

from host.consumers.table import CONSUMERS
from host.consumers.wiring import Handlers

pytestmark = pytest.mark.unit


def test_every_consumer_of_the_table_is_given_its_handler() -> None:
    assert Handlers._fields == tuple(CONSUMERS)
