"""An agent: the official client of MCP, over HTTP to an app in this process or to a server."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult
from starlette.types import ASGIApp

BASE = "http://duely.test"
MODES = {"2026-07-28": "2026-07-28", "2025-11-25": "legacy"}  # by revision


@asynccontextmanager
async def agent(app: ASGIApp, token: str, mode: str = "auto", **options: Any) -> AsyncGenerator[Client]:
    """Yields a client that has said hello; `options` are those of the SDK's Client, such as `elicitation_callback`."""
    http = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), headers={"Authorization": f"Bearer {token}"}, base_url=BASE
    )
    async with http, Client(streamable_http_client(f"{BASE}/mcp", http_client=http), mode=mode, **options) as client:
        yield client


def text_of(result: CallToolResult) -> str:
    """Returns the text that a model reads."""
    return "\n".join(block.text for block in result.content if block.type == "text")
