"""The command line `duely`: its help answers at once, and errors are messages."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from host.operator.cli import COMMANDS, main

pytestmark = pytest.mark.unit

HEAVY = {"sqlalchemy", "asyncpg", "grpc", "fastapi", "pydantic", "psutil", "alembic", "confluent_kafka"}


def modules_of(*arguments: str) -> tuple[str, set[str]]:
    """The output of the command in a process of its own, and the heavy modules that it has imported."""
    script = (
        "import sys; from click.testing import CliRunner; from host.operator.cli import main\n"
        f"print(CliRunner().invoke(main, {arguments!r}).output)\n"
        f"print(*({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout, set(done.stderr.split())


def test_help_names_every_command_but_the_hidden_one_and_loads_nothing_heavy() -> None:
    output, heavy = modules_of("--help")
    named = {line.split()[0] for line in output.partition("Commands:\n")[2].splitlines() if line.strip()}
    assert named == COMMANDS.keys() - {"migrate"}
    assert heavy == set()


def test_the_runner_loads_no_database_client() -> None:
    assert modules_of("up", "--help")[1] == {"psutil"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_has_the_first_sentence_of_each_command_s_help(name: str) -> None:
    command = COMMANDS[name].load()
    assert COMMANDS[name].short_help == command.get_short_help_str(limit=1000)
    assert COMMANDS[name].hidden == command.hidden


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def test_an_invalid_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_before_the_first_start_the_message_names_duely_up(tmp_path: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["--data-dir", str(tmp_path / "none"), *arguments])
    assert done.exit_code == 1
    assert "duely up" in done.output
    assert not (tmp_path / "none").exists()


def test_a_misspelt_command_gets_a_suggestion() -> None:
    done = CliRunner().invoke(main, ["doctr"])
    assert done.exit_code == 2
    assert "'doctor'" in done.output
