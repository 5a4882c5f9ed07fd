"""The paths of the files in this checkout that the runner uses."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIDECAR_SOURCE = ROOT / "components" / "sidecar"
RESOURCES = ROOT / "components" / "local"
BROKER_RESOURCES = ROOT / "components" / "kafka"
BROKER_POM = BROKER_RESOURCES / "broker" / "pom.xml"
PAGE = ROOT / "web" / "ui"
TOOLS = ROOT / ".tools"
TOOLS_LOCK = ROOT / "tools.lock"
