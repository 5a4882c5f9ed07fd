"""The file with the database's password changed or gone while Duely was stopped: the next start mends it."""

import pytest

from tests.support.client import Caller
from tests.support.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]


async def test_a_wrong_password_is_told_and_mended(system: System, person: Caller) -> None:
    task = await person.create("Kept")
    system.stop()
    (system.data.postgres / "password").write_text("w" * 43)
    said = len(system.said())
    seconds = system.start()
    assert "does not know the password" in system.said()[said:]
    assert "w" * 43 not in system.said()
    assert seconds < 30
    assert (await person.task(task["id"]))["title"] == "Kept"
