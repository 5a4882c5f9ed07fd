"""Fixtures of the level: one real machine, and the seed of the faults."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.faults.machine import Machine, machine


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture(scope="session")
def seed() -> int:
    """A seed by chance, unless DUELY_TEST_SEED names one; the table of the run shows it."""
    return int(os.environ.get("DUELY_TEST_SEED") or random.SystemRandom().randrange(1, 1_000_000))
