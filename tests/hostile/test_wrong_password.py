"""The file with the database's password changed or gone while Duely was stopped: the next start mends it."""

import pytest
from click.testing import CliRunner, Result

from host.operator.cli import main
from tests.support.client import Caller
from tests.support.system import System

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(120)]


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


def test_a_lost_password_is_told_by_every_command_while_it_runs(system: System) -> None:
    file = system.data.postgres / "password"
    kept = file.read_text()
    try:
        for content in (None, "", "garbled \N{SNOWMAN}", "x" * 43):
            file.unlink() if content is None else file.write_text(content, encoding="utf-8")
            done = _told(system, "verify")
            assert done.exit_code == 1, content
            assert "start it again, which mends it" in done.stderr, done.stderr
            assert "Traceback" not in done.stderr
            file.touch()
        file.unlink()
        assert "PROBLEM  The password of the database cannot be read" in _told(system, "doctor").stdout
    finally:
        file.write_text(kept)
        file.chmod(0o600)


def _told(system: System, command: str) -> Result:
    """Returns what the command tells; in this process, because a start of each takes longer than all of them."""
    return CliRunner(env=system.environment()).invoke(main, [command], catch_exceptions=False)
