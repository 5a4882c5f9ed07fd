"""`python -m tests.contract.tools` writes the snapshot of the tools."""

from tests.contract.tools.test_mcp_tools import SNAPSHOT, written

SNAPSHOT.write_text(written())
