"""What tools/list says: the committed snapshot is what the code makes, and it fits into a model's context."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from web.tools.catalogue import CATALOGUE
from web.tools.mcp.listing import described

pytestmark = pytest.mark.contract
SNAPSHOT = Path(__file__).with_name("mcp_tools.json")
MOST_TOKENS = 12_000
# Measured with the vocabularies cl100k and o200k: 4.0 and 3.9 characters a token. No vocabulary is small enough to test with.
CHARACTERS_A_TOKEN = 3.5
_HINTS = {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}


def written() -> str:
    return json.dumps([described(tool) for tool in CATALOGUE.values()], indent=1, ensure_ascii=False) + "\n"


def test_the_committed_tools_are_those_of_the_catalogue() -> None:
    assert SNAPSHOT.read_text() == written(), "run `python -m tests.contract.tools` and commit mcp_tools.json"


def test_the_whole_list_fits_into_its_budget() -> None:
    listed = json.dumps([described(tool) for tool in CATALOGUE.values()], ensure_ascii=False, separators=(",", ":"))
    assert len(listed) / CHARACTERS_A_TOKEN <= MOST_TOKENS


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_tool_is_described(name: str) -> None:
    tool = described(CATALOGUE[name])
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", name)
    assert tool["annotations"].keys() == _HINTS
    assert tool["annotations"]["readOnlyHint"] is (CATALOGUE[name].scope == "read")
    assert tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object"
    assert tool["description"].startswith("Use this")
    assert '"null"' not in json.dumps(tool)


def test_a_process_starts_without_the_sdk() -> None:
    """It takes a second and 30 MB, which only those shall pay who have agents."""
    script = "import sys, web.serve; print({'mcp', 'mcp_types', 'web.tools.catalogue'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=50)
    assert done.stdout.strip() == "set()"
