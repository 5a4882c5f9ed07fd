"""The command `duely`: its help is there at once, and what cannot be is said in words."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from host.operator.cli import main

pytestmark = pytest.mark.unit

COMMANDS = ("up", "doctor", "backup", "restore", "user", "version")


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from host.operator.cli import main\n"
        "print(CliRunner().invoke(main, ['--help']).output)\n"
        "print('heavy:', {'sqlalchemy', 'asyncpg', 'grpc', 'fastapi', 'pydantic', 'psutil'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert all(f"\n  {command}" in said for command in COMMANDS)
    assert "heavy: set()" in said


@pytest.mark.parametrize("command", [*COMMANDS, "migrate"])
def test_every_command_has_help(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUELY_PORT", "eighty")
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 1
    assert "DUELY_PORT is 'eighty'" in done.output


def test_migrate_without_a_database_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUELY_DATABASE_URL", raising=False)
    done = CliRunner().invoke(main, ["migrate"])
    assert done.exit_code == 1
    assert "DUELY_DATABASE_URL is empty" in done.output


@pytest.mark.parametrize("arguments", [["backup", "x"], ["user", "list"], ["user", "create", "a@example.org"]])
def test_where_nothing_was_started_yet_that_is_said(tmp_path: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["--data-dir", str(tmp_path / "none"), *arguments])
    assert done.exit_code == 1
    assert "duely up" in done.output
    assert not (tmp_path / "none").exists()
