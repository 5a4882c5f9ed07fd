"""Where the files of this checkout are that the runner uses."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIDECAR_SOURCE = ROOT / "components" / "sidecar"
RESOURCES = ROOT / "components" / "local"
PAGE = ROOT / "web" / "ui"
TOOLS = ROOT / ".tools"
TOOLS_LOCK = ROOT / "tools.lock"
