"""Tools over tasks."""

from collections.abc import Sequence
from typing import Final

from web.tools.tool import Tool

TOOLS: Final[Sequence[Tool]] = ()
