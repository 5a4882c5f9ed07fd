"""A built sidecar is found; else it is built once, with the edits that its sources name."""

import hashlib
import json
import shutil
import threading
from pathlib import Path

import pytest

from host.console import OperatorError
from host.runner import sidecar, sidecar_build, sidecar_edits

pytestmark = pytest.mark.unit

# Stands for Go: `build` writes to the path after -o a program that says $BUILT_VERSION, and counts its runs.
FAKE_GO = """#!/bin/sh
if [ "$1" = version ]; then echo "go version go1.26.6 linux/amd64"; exit; fi
if [ "$1" = list ]; then echo "go: downloading example.org/a v1" >&2; echo "folder of example.org/a	{modules}/a"; exit; fi
echo run >> "{runs}"
for word; do case "$word" in -modfile=*|-overlay=*) cp "${{word#*=}}" "{modules}";; esac; done
echo "go: downloading example.org/a v1" >&2
[ -z "{fails}" ] || {{ echo "{fails}" >&2; exit 1; }}
sleep 0.3
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho {version}\\n' > "$2"; chmod 755 "$2"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "go.mod").write_text("module x\n")
    (folder / "main.go").write_text("package main\n")
    return folder


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without Dapr and a PATH whose Go is the fake."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path


def fake_go(machine: Path, version: str = sidecar.VERSION, fails: str = "") -> None:
    go = machine / "bin" / "go"
    go.write_text(FAKE_GO.format(runs=machine / "runs", modules=machine / "modules", version=version, fails=fails))
    go.chmod(0o755)


def dapr(folder: Path, version: str, names: tuple[str, ...] = sidecar.PROGRAMS) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)


def test_an_installed_dapr_is_not_used_because_its_ports_answer_everybody(machine: Path, source: Path) -> None:
    (machine / "bin").rmdir()
    for folder in (machine / ".dapr" / "bin", machine / "bin"):
        dapr(folder, sidecar.VERSION)
    assert sidecar.find(source, machine / "cache") is None


def test_another_version_or_half_a_sidecar_is_not_used(machine: Path, source: Path) -> None:
    built = sidecar.built_folder(source, machine / "cache")
    dapr(built, "1.17.0")
    assert sidecar.find(source, machine / "cache") is None
    shutil.rmtree(built)
    dapr(built, sidecar.VERSION, names=("daprd",))
    assert sidecar.find(source, machine / "cache") is None
    shutil.rmtree(built)
    dapr(built, sidecar.VERSION)
    assert sidecar.find(source, machine / "cache") == sidecar.SidecarPrograms(built)


def test_what_was_built_is_found_again_until_the_sources_change(machine: Path, source: Path) -> None:
    fake_go(machine)
    built = sidecar_build.build(source, machine / "cache", lambda _: None)
    assert sidecar.find(source, machine / "cache") == built
    (source / "main.go").write_text("package main // changed\n")
    assert sidecar.find(source, machine / "cache") is None


def test_two_starts_at_once_build_once(machine: Path, source: Path) -> None:
    fake_go(machine)
    said: list[str] = []

    def build() -> None:
        sidecar_build.build(source, machine / "cache", said.append)

    threads = [threading.Thread(target=build) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (machine / "runs").read_text() == "run\n"
    assert any("waiting" in line for line in said)


def test_a_build_of_the_wrong_version_is_not_kept(machine: Path, source: Path) -> None:
    fake_go(machine, version="edge")
    with pytest.raises(OperatorError, match=r"does not say that it is 1\.18\.3"):
        sidecar_build.build(source, machine / "cache", lambda _: None)
    assert sidecar.find(source, machine / "cache") is None
    assert not list((machine / "cache" / "sidecar").glob("building-*"))


@pytest.mark.parametrize(
    ("cause", "remedy"),
    [
        ("write /x: no space left on device", "needs about 3 GB"),
        ("dial tcp: lookup proxy: no such host", "check the network"),
        ("undefined: nothing", "The whole log is"),
    ],
)
def test_a_build_that_fails_says_why_and_what_to_do(machine: Path, source: Path, cause: str, remedy: str) -> None:
    fake_go(machine, fails=cause)
    with pytest.raises(OperatorError) as failed:
        sidecar_build.build(source, machine / "cache", lambda _: None)
    assert cause in str(failed.value)
    assert remedy in str(failed.value)
    assert ".log" in str(failed.value)


def test_a_line_of_progress_tells_time_and_work(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    assert sidecar_build.progress(log, 5) == "  building the sidecar: 0:05, Go looks into its caches"
    log.write_text("go: downloading a v1\ngo: downloading b v1\n")
    assert sidecar_build.progress(log, 75) == "  building the sidecar: 1:15, 2 modules fetched, 0 packages compiled"
    log.write_text("go: downloading a v1\ninternal/cpu\nruntime\n")
    assert sidecar_build.progress(log, 75).endswith("1 modules fetched, 2 packages compiled")


def test_without_sources_the_build_says_which_are_missing(machine: Path) -> None:
    with pytest.raises(OperatorError, match="nowhere is not there to build it from"):
        sidecar_build.build(machine / "nowhere", machine / "cache", lambda _: None)


ORIGINAL = "package a\n\nfunc A() {}\n"


@pytest.fixture
def edited(machine: Path, source: Path) -> Path:
    """Sources that name an edit of a module's file; the module."""
    fake_go(machine)
    module = machine / "modules" / "a"
    (module / "b").mkdir(parents=True)
    (module / "b" / "a.go").write_text(ORIGINAL)
    digest = hashlib.sha256(ORIGINAL.encode()).hexdigest()
    (source / "go.sum").touch()
    (source / "edits.toml").write_text(
        f'[[edit]]\nmodule = "example.org/a"\nfile = "b/a.go"\nsha256 = "{digest}"\nafter_line = 1\nlines = "// new\\n"\n'
    )
    return module


def test_an_edit_is_made_in_a_copy_that_takes_the_files_place(machine: Path, source: Path, edited: Path) -> None:
    folder, scratch = {"example.org/a": edited}, machine / "scratch"
    scratch.mkdir()
    modules, overlay = sidecar_edits.flags(sidecar_edits.edits_of(source), folder, source, scratch)
    assert "replace example.org/a => " in Path(modules.removeprefix("-modfile=")).read_text()
    [(original, copy)] = json.loads(Path(overlay.removeprefix("-overlay=")).read_text())["Replace"].items()
    assert Path(original).resolve() == edited / "b" / "a.go"
    assert Path(copy).read_text() == "package a\n// new\n\nfunc A() {}\n"
    assert (edited / "b" / "a.go").read_text() == ORIGINAL


def test_the_build_is_given_the_edits_and_is_another_one_when_they_change(
    machine: Path, source: Path, edited: Path
) -> None:
    built = sidecar_build.build(source, machine / "cache", lambda _: None)
    assert {path.name for path in edited.parent.iterdir()} == {"a", "go.mod", "overlay.json"}
    (source / "edits.toml").write_text((source / "edits.toml").read_text() + "# more\n")
    assert sidecar.built_folder(source, machine / "cache") != built.folder


def test_a_file_that_the_edit_is_not_for_stops_the_build(machine: Path, source: Path, edited: Path) -> None:
    (edited / "b" / "a.go").write_text("package a\n")
    with pytest.raises(OperatorError, match=r"a\.go is not the file that edits\.toml has an edit for"):
        sidecar_build.build(source, machine / "cache", lambda _: None)
    assert sidecar.find(source, machine / "cache") is None
