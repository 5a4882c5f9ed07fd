"""Fixtures of the level: one cluster, and one person on each web replica. A test that kills a part waits until all is ready."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.client import Caller
from tests.support.cluster import Cluster, running_cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster-of-roles")) as running:
        yield running


@pytest.fixture
async def first(cluster: Cluster) -> AsyncIterator[Caller]:
    """A person who has just signed up on the first web replica."""
    async with cluster.caller(1) as caller:
        yield await caller.sign_up()


@pytest.fixture
async def second(cluster: Cluster, first: Caller) -> AsyncIterator[Caller]:
    """The same person on the second web replica."""
    async with cluster.caller(2, like=first) as caller:
        yield caller
