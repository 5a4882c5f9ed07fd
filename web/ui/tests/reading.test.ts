// What the server understands of a line: asked when the hand rests, and the last answer wins.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { LineReader } from "../src/store/reading.ts"

let asked: {
  text: string
  literal: unknown
  answer: (title: string, status?: number) => void
  isAborted: () => boolean
}[]

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  vi.stubGlobal("fetch", (url: string, { body, signal }: RequestInit) => {
    expect(url).toBe("/api/v1/quick-add/parse")
    return new Promise((resolve, reject) => {
      const answer = (title: string, status = 200) => resolve(Response.json({ title, spans: [] }, { status }))
      asked.push({ ...JSON.parse(String(body)), answer, isAborted: () => signal?.aborted })
      signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")))
    })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const rest = () => vi.advanceTimersByTimeAsync(120)

it("is asked once for what is typed in one go", async () => {
  const reader = new LineReader()
  for (const text of ["P", "Pa", "Pay"]) reader.ask(text, [])
  await rest()
  expect(asked.map((it) => it.text)).toEqual(["Pay"])
  asked[0]?.answer("Pay")
  await rest()
  expect(reader.understood.value).toMatchObject({ text: "Pay", reading: { title: "Pay" } })
})

it("is what was asked last, in whatever order the answers come", async () => {
  vi.stubGlobal("fetch", (_: string, { body }: RequestInit) => {
    // As from a server whose answer was on its way when it was no longer wanted.
    return new Promise((resolve) => {
      const answer = (title: string) => resolve(Response.json({ title, spans: [] }))
      asked.push({ ...JSON.parse(String(body)), answer, isAborted: () => false })
    })
  })
  const reader = new LineReader()
  reader.ask("Pay", [])
  await rest()
  reader.ask("Pay rent", [])
  await rest()
  asked[1]?.answer("second")
  await rest()
  asked[0]?.answer("first")
  await rest()
  expect(reader.understood.value).toMatchObject({ text: "Pay rent", reading: { title: "second" } })
})

it("no longer waits for an answer that nobody wants", async () => {
  const reader = new LineReader()
  reader.ask("Pay", [])
  await rest()
  reader.ask("Pay rent", [])
  expect(asked[0]?.isAborted()).toBe(true)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked.map((it) => it.text)).toEqual(["Pay", "Pay rent"])
})

it("is nothing for an empty line, and where the server does not answer", async () => {
  const reader = new LineReader()
  reader.ask("Pay", [])
  await rest()
  asked[0]?.answer("x", 422)
  await rest()
  expect(reader.understood.value).toBeNull()
  reader.ask("  ", [])
  await rest()
  expect(asked).toHaveLength(1)
})

it("names the stretches that are not to be read", async () => {
  const reader = new LineReader()
  reader.ask("🎂 tomorrow", [{ start: 3, end: 11 }])
  await rest()
  expect(asked[0]?.literal).toEqual([[2, 10]])
})
