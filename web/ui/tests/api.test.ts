// The headers that every call carries.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { call, get } from "../src/api.ts"

let sent: { url: string; headers: Record<string, string> }[]

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  vi.stubGlobal("fetch", async (url: string, { method, headers }: RequestInit) => {
    sent.push({ url, headers: headers as Record<string, string> })
    return Response.json({}, { headers: method === "GET" ? {} : { "Duely-Consistency": `after ${sent.length}` } })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const tokens = () => sent.map(({ headers }) => headers["Duely-Consistency"])

describe("the token of the last write", () => {
  it("goes with reads and writes alike, for ten seconds", async () => {
    await call("PATCH", "/me", { body: { timezone: "Asia/Tokyo" } })
    await call("POST", "/tasks", { body: { title: "New" } })
    await get("/tasks")
    vi.advanceTimersByTime(10_000)
    await get("/tasks")
    expect(tokens()).toEqual([undefined, "after 1", "after 2", undefined])
  })

  it("is nobody else's", async () => {
    await call("POST", "/tasks", { body: { title: "Mine" } })
    vi.stubGlobal("fetch", async (url: string, { headers }: RequestInit) => {
      sent.push({ url, headers: headers as Record<string, string> })
      return new Response(null, { status: 204 })
    })
    await call("POST", "/auth/logout")
    sent = []
    await get("/tasks")
    expect(tokens()).toEqual([undefined])
  })
})
