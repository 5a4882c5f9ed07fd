"""The MCP face of the tools: the same catalogue for agents, at /mcp. Only `server.py` knows the SDK."""
