"""Shared secrets: the first value of a name stays."""

import pytest

from host.store.access.secrets import secret
from host.store.engine import Database

pytestmark = pytest.mark.store


async def test_a_secret_stays_what_it_first_was(database: Database) -> None:
    assert await secret(database, "signing", b"\x00\xff first") == b"\x00\xff first"
    assert await secret(database, "signing", b"second") == b"\x00\xff first"
