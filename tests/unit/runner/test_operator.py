"""What keeps an operator's command from doing harm or saying what is not so."""

from pathlib import Path

import pytest

from host import doctor, people
from host.runner.database import fresh_database
from host.runner.folder import DataFolder
from host.runner.words import StartError
from host.settings import Settings

pytestmark = pytest.mark.unit


def test_a_restore_into_a_database_of_ones_own_is_refused_while_duely_runs(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://localhost/own")
    folder = DataFolder(tmp_path)
    folder.prepare()
    with folder.locked(), pytest.raises(StartError, match="already runs"), fresh_database(settings, replace=True):
        pytest.fail("it would drop the tables under the running system")
    with fresh_database(settings, replace=True) as dsn:
        assert dsn == settings.database_url


@pytest.mark.parametrize("password", ["password123", "ada@example.org"])
async def test_a_password_that_everyone_tries_first_is_refused_here_too(password: str) -> None:
    with pytest.raises(StartError, match="first that anyone would try"):
        await people.reset_password("postgresql://localhost/nowhere", "ada@example.org", password)


async def test_the_doctor_asks_where_duely_says_that_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own settings may differ: the port of `duely up --port` stands in no environment."""
    asked: list[tuple[str, int]] = []

    async def answer(port: int, _path: str, host: str = "") -> tuple[int, str]:
        asked.append((host, port))
        return 200, '{"status": "ready", "parts": {}}'

    monkeypatch.setattr(doctor, "http_get", answer)
    for url in ("http://127.0.0.1:18311", "http://[::1]:9000", "http://0.0.0.0:80"):
        report = doctor.Report({})
        await doctor.ask_readiness(report, url)
        assert report.problems == []
    assert asked == [("127.0.0.1", 18311), ("::1", 9000), ("127.0.0.1", 80)]
