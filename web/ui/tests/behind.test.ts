// Reads while the server cannot show every change: they take what there is, with a notice, until the server has caught up.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { call, get, Unreachable } from "../src/api.ts"
import { behind } from "../src/behind.ts"

type Answer = [status: number, body: object]

const BEHIND: Answer = [503, { code: "read_model_behind", cause: "paused", detail: "Your changes are saved." }]
const STARTING: Answer = [503, { code: "read_model_behind", detail: "Your account is still being set up." }]
const asked: [path: string, consistency: string | null][] = []
let full: Answer

beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
  vi.stubGlobal("fetch", async (url: string, request: RequestInit) => {
    const wanted = new Headers(request.headers).get("Duely-Consistency")
    asked.push([url, wanted])
    const [status, body] = wanted === "eventual" ? [200, { old: true }] : full
    return new Response(JSON.stringify(body), { status, headers: { "Duely-Position": "7" } })
  })
})
afterEach(async () => {
  full = [200, {}]
  await vi.advanceTimersByTimeAsync(5000)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe("a read that the server cannot answer in full", () => {
  it("is asked again for what there is, and so are the next", async () => {
    full = BEHIND
    expect(await call("GET", "/tasks")).toEqual({ value: { old: true }, position: 7, requestId: "" })
    expect(behind.value).toBe("paused")
    expect(await get("/tags")).toEqual({ old: true })
    expect(asked).toEqual([
      ["/api/v1/tasks", null],
      ["/api/v1/tasks", "eventual"],
      ["/api/v1/tags", "eventual"],
    ])
  })

  it("is asked in full again once the server can answer", async () => {
    full = BEHIND
    await get("/tasks")
    await vi.advanceTimersByTimeAsync(5000)
    expect(behind.value).toBe("paused")
    full = [200, { old: false }]
    await vi.advanceTimersByTimeAsync(5000)
    expect(behind.value).toBeNull()
    expect(await get("/tasks")).toEqual({ old: false })
    expect(asked.filter(([path]) => path === "/api/v1/me")).toEqual([
      ["/api/v1/me", null],
      ["/api/v1/me", null],
    ])
  })

  it("is no reason to send a write twice", async () => {
    full = BEHIND
    const sent = call("POST", "/tasks", { body: {} }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await sent).toBeInstanceOf(Unreachable)
    expect(behind.value).toBeNull()
  })

  it("waits where nothing can be read yet", async () => {
    full = STARTING
    const read = get("/tasks").catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await read).toBeInstanceOf(Unreachable)
    expect(asked.map(([, wanted]) => wanted)).toEqual([null, null])
  })
})
