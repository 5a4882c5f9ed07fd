"""One real system for the whole level."""

from collections.abc import Iterator

import pytest

from tests.support.system import System, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("hostile")) as running:
        yield running
