"""Quick add, tools, MCP, change sets and the chat, over the same app and rules as the API, and a real database."""
