// The live stream: messages cut anywhere, duplicates, batches, resync, silence, reconnects.
import { afterEach, describe, expect, it, vi } from "vitest"
import { StreamReader } from "../src/sse.ts"
import { hold, reduce, type Step } from "../src/stream.ts"
import { listener } from "./support/page.ts"

const event = (position: number) => ({ position, type: "task.updated", task_id: "t", version: position })
const said = (name: string, data: unknown) => ({ event: name, data: JSON.stringify(data) })
const positions = (step: Step) => step.events.map((it) => it.position)

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe("the reader", () => {
  const text = ': hi\r\n\r\nid: 7\nevent: task.created\ndata: {"a":\ndata: 1}\n\nretry: 1500\n\ndata: x\n\n'
  const whole = new StreamReader().push(text)

  it("takes events, comments and retry apart", () => {
    expect(whole).toEqual([
      { kind: "comment", id: "", event: "message", data: "hi" },
      { kind: "event", id: "7", event: "task.created", data: '{"a":\n1}' },
      { kind: "retry", id: "7", event: "message", data: "1500" },
      { kind: "event", id: "7", event: "message", data: "x" },
    ])
  })

  it.each([1, 2, 3, 7])("reads the same when it comes in pieces of %i", (size) => {
    const reader = new StreamReader()
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? []
    expect(pieces.flatMap((it) => reader.push(it))).toEqual(whole)
  })
})

describe("reducing a message", () => {
  it("takes the next event and moves on", () => {
    const step = reduce(4, said("task.updated", event(5)))
    expect([step.position, positions(step)]).toEqual([5, [5]])
  })

  it("shrugs off what was heard before", () => {
    expect(reduce(5, said("task.updated", event(5)))).toMatchObject({ position: 5, events: [] })
    expect(reduce(5, said("task.updated", event(3)))).toMatchObject({ position: 5, events: [] })
  })

  it("takes from a batch what is new, in order", () => {
    const step = reduce(5, said("batch", { position: 8, events: [4, 5, 6, 7, 7, 8].map(event) }))
    expect([step.position, positions(step)]).toEqual([8, [6, 7, 8]])
  })

  it("says when everything must be read again, and from where it goes on", () => {
    expect(reduce(5, said("resync", { position: 900 }))).toMatchObject({ position: 900, resync: true, events: [] })
  })

  it("says when another window took the place, and what time the server has", () => {
    expect(reduce(5, said("replaced", {})).replaced).toBe(true)
    const hello = reduce(5, said("hello", { position: 5, server_time: "2026-11-22T09:00:00.000Z" }))
    expect(hello).toMatchObject({ position: 5, serverTime: "2026-11-22T09:00:00.000Z" })
  })
})

describe("holding the stream", () => {
  it("says live only once something was heard, and comes back from where it was", async () => {
    const server = fakeStreams()
    const page = listener()
    const stop = new AbortController()
    const held = hold(page, stop.signal, page.nudges)
    expect(page.states).toEqual(["connecting"])
    server.say(`event: hello\ndata: {"position":0,"server_time":"2026-11-22T09:00:00.000Z"}\n\n`)
    server.say(`id: 1\nevent: task.updated\ndata: ${JSON.stringify(event(1))}\n\n`)
    await vi.waitFor(() => expect(page.at).toBe(1))
    expect(page.states).toEqual(["connecting", "live"])
    server.cut()
    await vi.waitFor(() => expect(server.asked).toHaveLength(2))
    expect(page.states.at(-1)).toBe("reconnecting")
    expect(server.asked.at(-1)).toContain("after=1")
    stop.abort()
    await held
  })

  it("takes an end that the server planned for no fault, and comes back from where it was", async () => {
    vi.useFakeTimers()
    const server = fakeStreams()
    const page = listener()
    const stop = new AbortController()
    void hold(page, stop.signal, page.nudges)
    server.say(`id: 1\nevent: task.updated\ndata: ${JSON.stringify(event(1))}\n\nretry: 1000\n\n`)
    await vi.advanceTimersByTimeAsync(10)
    server.cut()
    await vi.advanceTimersByTimeAsync(1500)
    expect(server.asked.at(-1)).toContain("after=1")
    server.say(":\n\n")
    await vi.advanceTimersByTimeAsync(10)
    expect(page.states).toEqual(["connecting", "live", "connecting", "live"])
    stop.abort()
  })

  it("rests when it was replaced, until it is woken", async () => {
    const server = fakeStreams()
    const page = listener()
    const stop = new AbortController()
    void hold(page, stop.signal, page.nudges)
    server.say("event: replaced\ndata: {}\n\n")
    await vi.waitFor(() => expect(page.states.at(-1)).toBe("paused"))
    expect(server.asked).toHaveLength(1)
    page.nudges.dispatchEvent(new Event("nudge"))
    await vi.waitFor(() => expect(server.asked).toHaveLength(2))
    stop.abort()
  })

  it("gives up a connection that has gone silent", async () => {
    vi.useFakeTimers()
    const server = fakeStreams()
    const page = listener()
    const stop = new AbortController()
    void hold(page, stop.signal, page.nudges)
    server.say(":\n\n")
    await vi.advanceTimersByTimeAsync(25_000)
    server.say(":\n\n")
    await vi.advanceTimersByTimeAsync(28_000)
    expect([page.states.at(-1), server.asked.length]).toEqual(["live", 1])
    await vi.advanceTimersByTimeAsync(4_000)
    expect(server.asked.length).toBeGreaterThan(1)
    stop.abort()
  })

  it("calls it offline after a while of failing, not before", async () => {
    vi.useFakeTimers()
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")))
    const page = listener()
    const stop = new AbortController()
    void hold(page, stop.signal, page.nudges)
    await vi.advanceTimersByTimeAsync(3000)
    expect(page.states.at(-1)).toBe("reconnecting")
    await vi.advanceTimersByTimeAsync(20_000)
    expect(page.states.at(-1)).toBe("offline")
    stop.abort()
  })

  it("stops for good when the session is over", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 401 })))
    const page = listener()
    await hold(page, new AbortController().signal, page.nudges)
    expect(page.out).toBe(1)
  })
})

/** A server whose streams say what the test tells them to. */
function fakeStreams() {
  const asked: string[] = []
  let current: ReadableStreamDefaultController<Uint8Array>
  vi.stubGlobal("fetch", (url: string, { signal }: RequestInit) => {
    asked.push(url)
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        current = controller
        signal?.addEventListener("abort", () => controller.error(new Error("aborted")), { once: true })
      },
    })
    return Promise.resolve(new Response(body))
  })
  return {
    asked,
    say: (text: string) => current.enqueue(new TextEncoder().encode(text)),
    cut: () => current.close(),
  }
}
