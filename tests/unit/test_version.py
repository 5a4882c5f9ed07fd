"""Versions sort as releases do."""

import pytest

from host.version import VERSION, release_of

pytestmark = pytest.mark.unit


def test_versions_sort_as_releases_do() -> None:
    assert sorted(["1.10.0+9f2c4e", "1.1", "1.0.0rc1", "1.0.1", "", "0.10.0", "0.9"], key=release_of) == [
        *("", "0.9", "0.10.0", "1.0.0rc1", "1.0.1", "1.1", "1.10.0+9f2c4e"),
    ]
    assert release_of("1.0.0rc1") == release_of("1.0.0")
    assert release_of(VERSION) > (0,)
