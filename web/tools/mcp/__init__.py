"""The MCP face of the tools: the same catalogue for agents, at /mcp. Only `server.py` and `wire.py` know the SDK."""
