"""The page is built when its sources are newer than what was built, and not otherwise."""

import os
from pathlib import Path

import pytest

from host.console import OperatorError
from host.runner import page_build

pytestmark = pytest.mark.unit

# Stands for npm: notes what it was asked, and builds what vite would.
NPM = """#!/bin/sh
echo "$*" >> asked
[ -z "$FAIL" ] || { echo "the build is broken"; exit 1; }
[ "$1" = ci ] && mkdir -p node_modules && touch node_modules/.package-lock.json
[ "$1" = run ] && mkdir -p dist && touch dist/index.html
exit 0
"""


@pytest.fixture
def ui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    programs = {"npm": NPM, "node": "#!/bin/sh\necho v20.19.0\n"}
    (tmp_path / "bin").mkdir()
    for name, text in programs.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    folder = tmp_path / "ui"
    (folder / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "src/main.tsx"):
        (folder / name).write_text("{}")
        os.utime(folder / name, (1_000, 1_000))
    return folder


def build(ui: Path) -> tuple[bool, list[str]]:
    (ui / "asked").unlink(missing_ok=True)
    did = page_build.build(ui, ui.parent / "page.log", lambda _: None)
    return did, (ui / "asked").read_text().splitlines() if did else []


def test_the_first_time_packages_are_fetched_and_the_page_is_built(ui: Path) -> None:
    assert build(ui) == (True, ["ci", "run build"])


def test_a_page_that_is_newer_than_its_sources_is_left_alone(ui: Path) -> None:
    build(ui)
    assert build(ui) == (False, [])


def test_a_changed_source_builds_without_fetching_packages(ui: Path) -> None:
    build(ui)
    os.utime(ui / "src" / "main.tsx")
    assert build(ui) == (True, ["run build"])


def test_changed_packages_are_fetched_anew(ui: Path) -> None:
    build(ui)
    os.utime(ui / "package-lock.json")
    assert build(ui) == (True, ["ci", "run build"])


def test_a_build_that_fails_says_what_npm_said(ui: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIL", "1")
    with pytest.raises(OperatorError, match="the build is broken"):
        build(ui)


def test_without_a_checkout_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="from a checkout"):
        page_build.build(tmp_path, tmp_path / "log", print)
