"""What keeps a command from doing harm or reporting what is not so."""

import json
from pathlib import Path

import pytest

from host.console import OperatorError
from host.operator import diagnosis, user
from host.runner.database import fresh_database
from host.runner.folder import DataFolder, Running
from host.settings import Settings

pytestmark = pytest.mark.unit


def test_a_restore_into_an_external_database_is_refused_while_duely_runs(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://localhost/own")
    folder = DataFolder(tmp_path)
    folder.prepare()
    with folder.locked(), pytest.raises(OperatorError, match="already runs"), fresh_database(settings, replace=True):
        pytest.fail("it would drop the tables under the running system")
    with fresh_database(settings, replace=True) as dsn:
        assert dsn == settings.database_url


@pytest.mark.parametrize("password", ["password123", "ada@example.org"])
async def test_a_common_password_is_refused_here_too(password: str) -> None:
    with pytest.raises(OperatorError, match="first that anyone would try"):
        await user.reset_password("postgresql://localhost/nowhere", "ada@example.org", password)


class FakeInner:
    """A running Duely: records requests, and answers with the state of its parts to whoever has the token."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **parts: str) -> None:
        self.requests: list[tuple[str, int, str]] = []
        self._parts = parts
        monkeypatch.setattr(diagnosis, "http_get", self._get)
        monkeypatch.setattr(diagnosis, "http_ok", self._ok)

    async def _get(self, port: int, path: str, host: str = "", token: str = "") -> tuple[int, str]:
        self.requests.append((host, port, path))
        if token != "right":
            return 401, "{}"
        works = set(self._parts.values()) <= {"ok"}
        return 200 if works else 503, json.dumps({"status": "ready" if works else "not ready", "parts": self._parts})

    async def _ok(self, port: int, path: str, host: str = "") -> str:
        self.requests.append((host, port, path))
        return ""


async def examined(tmp_path: Path, token: str = "right", url: str = "http://127.0.0.1:1") -> diagnosis.Diagnosis:
    (tmp_path / "token").write_text(f"{token}\n")
    report = diagnosis.Diagnosis({})
    running = Running(1, url, "", 2, 3, 4, "", inner_url=url[:-1] + "5", inner_token=str(tmp_path / "token"))
    await diagnosis.ask(report, running)
    return report


@pytest.mark.parametrize(
    ("url", "host"), [("http://127.0.0.1:1", "127.0.0.1"), ("http://[::1]:1", "::1"), ("http://0.0.0.0:1", "127.0.0.1")]
)
async def test_the_doctor_asks_at_the_address_that_the_running_duely_noted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, host: str
) -> None:
    """Its own settings may differ: the port of `duely up --port` is in no environment."""
    inner = FakeInner(monkeypatch, database="ok")
    report = await examined(tmp_path, url=url)
    assert report.problems == []
    assert report.readiness["parts"] == {"database": "ok"}
    assert inner.requests == [(host, 1, "/health/live"), (host, 5, "/health/ready")]
    assert report.watched == {"address": url[:-1] + "5", "token": str(tmp_path / "token")}


async def test_the_doctor_names_what_does_not_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FakeInner(monkeypatch, database="ok", sidecar="not connected")
    report = await examined(tmp_path)
    assert report.problems == ["Duely is not ready: sidecar: not connected."]


async def test_the_doctor_reports_a_token_that_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FakeInner(monkeypatch)
    [problem] = (await examined(tmp_path, token="of another start")).problems
    assert problem.startswith("Readiness cannot be read at http://127.0.0.1:5: it refuses the token in")
