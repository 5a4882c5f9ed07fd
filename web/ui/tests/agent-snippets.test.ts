// What is pasted into a client names the server and the token, in the form that the client reads.
import { expect, it } from "vitest"
import { agentSnippets } from "../src/agent-snippets.ts"

const snippets = Object.fromEntries(agentSnippets("https://duely.example", "duely_x").map((it) => [it.client, it.text]))
const headers = { Authorization: "Bearer duely_x" }
const url = "https://duely.example/mcp"

it("has one for each client", () => {
  expect(snippets["Claude Code"]).toBe(
    'claude mcp add --transport http duely https://duely.example/mcp --header "Authorization: Bearer duely_x"',
  )
  expect(JSON.parse(snippets.Cursor ?? "")).toEqual({ mcpServers: { duely: { url, headers } } })
  expect(JSON.parse(snippets["VS Code"] ?? "")).toEqual({ servers: { duely: { type: "http", url, headers } } })
})

it("gives the token to the local command by its environment, never as an argument", () => {
  const { duely } = JSON.parse(snippets["Claude Desktop"] ?? "").mcpServers
  expect(duely.env).toEqual({ DUELY_TOKEN: "duely_x" })
  expect(duely.args).toEqual(["mcp", "--url", "https://duely.example"])
})
