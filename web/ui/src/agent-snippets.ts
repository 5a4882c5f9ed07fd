// How each client is told of Duely's MCP server. The formats are those of the clients' documentation in December 2026.

export interface Snippet {
  client: string
  /** Where it goes. */
  place: string
  text: string
}

/** Returns what to paste into each client. */
export function agentSnippets(origin: string, token: string): Snippet[] {
  const url = `${origin}/mcp`
  const headers = { Authorization: `Bearer ${token}` }
  return [
    {
      client: "Claude Code",
      place: "Run it in a terminal.",
      text: `claude mcp add --transport http duely ${url} --header "Authorization: Bearer ${token}"`,
    },
    {
      client: "Claude Desktop",
      place: "Put it into claude_desktop_config.json, with the full path of duely as command.",
      text: json({
        mcpServers: { duely: { command: "duely", args: ["mcp", "--url", origin], env: { DUELY_TOKEN: token } } },
      }),
    },
    {
      client: "Cursor",
      place: "Put it into ~/.cursor/mcp.json.",
      text: json({ mcpServers: { duely: { url, headers } } }),
    },
    {
      client: "VS Code",
      place: "Put it into .vscode/mcp.json.",
      text: json({ servers: { duely: { type: "http", url, headers } } }),
    },
  ]
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
