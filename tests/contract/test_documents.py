"""The documents: every path that they name exists, and the drawing is the one that its script draws."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.contract

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "components/sidecar/README.md"),
    *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md")),
)
EXAMPLES = {  # files that the walks in docs/architecture.md would add
    "actors/schemas/task.prioritized.json",
    "host/consumers/greeter.py",
    "host/operator/zones.py",
    "tests/store/consumers/test_greeter.py",
}
FOLDERS = "actors|chart|components|docs|host|load|tests|web"


def named_paths(document: str) -> Iterator[str]:
    for match in re.finditer(rf"`((?:{FOLDERS})/[\w./-]*)`", (ROOT / document).read_text(encoding="utf-8")):
        yield match[1]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    missing = {path for path in named_paths(document) if not (ROOT / path).exists()} - EXAMPLES
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_of_a_document_leads_to_a_file(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    missing = {target for target in targets if not ((ROOT / document).parent / target).exists()}
    assert not missing


def test_the_committed_drawing_is_the_one_that_its_script_draws() -> None:
    script = ROOT / "docs/pictures/architecture.py"
    drawn: str = runpy.run_path(str(script))["drawing"]()
    assert script.with_suffix(".svg").read_text(encoding="utf-8") == drawn, "run `python docs/pictures/architecture.py`"
