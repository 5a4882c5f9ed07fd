// A line on its way: shown at once, sent once in effect, and never lost, whatever the network does.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { addLine, newLine, sendKeptLines } from "../src/store/adding.ts"
import { dropLine, dropLinesOf, keptLines } from "../src/store/kept-lines.ts"
import { connection } from "../src/store/live.ts"
import { me } from "../src/store/session.ts"
import { clearTasks, tasks } from "../src/store/tasks.ts"
import { dismissWhere, toasts } from "../src/store/toasts.ts"
import { undoLast } from "../src/store/undo.ts"
import type { Me } from "../src/types.ts"
import { task } from "./support/samples.ts"

type Sent = { key: string | undefined; body: { id: string; text: string } }

let sent: Sent[]
let answer: (sent: Sent) => Response | undefined

const added = ({ body }: Sent) => Response.json(task({ id: body.id, title: body.text }), { status: 201 })
const unreachable = () => undefined
const refused = () => Response.json({ code: "invalid_request", status: 422, detail: "Correct /text." }, { status: 422 })

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  answer = added
  me.value = { id: "ada" } as Me
  const stored = new Map<string, string>()
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
  })
  vi.stubGlobal("fetch", async (url: string, { headers, body }: RequestInit) => {
    if (url !== "/api/v1/quick-add") return Response.json({}, { status: 404 })
    const one = { key: (headers as Record<string, string>)["Idempotency-Key"], body: JSON.parse(String(body)) }
    sent.push(one)
    const response = answer(one)
    if (!response) throw new TypeError("no network")
    return response
  })
})
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(60_000)
  dropLinesOf("ada")
  connection.value = "connecting"
  me.value = null
  clearTasks()
  dismissWhere(() => true)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const add = async (text: string, draft?: { title: string }) => {
  const done = addLine(newLine({ text }), draft)
  await vi.advanceTimersByTimeAsync(1_000)
  return done
}

describe("a line", () => {
  it("is shown before the server has it, when it was read already, and once", async () => {
    const done = addLine(newLine({ text: "Pay rent !high" }), { title: "Pay rent" })
    expect([...tasks.value.values()].map((it) => it.title)).toEqual(["Pay rent"])
    const { task: made } = await done
    expect([...tasks.value.values()]).toEqual([made])
    expect(made?.id).toBe(sent[0]?.body.id)
  })

  it("can be taken back", async () => {
    await add("Pay rent")
    const paths: string[] = []
    vi.stubGlobal("fetch", async (url: string) => {
      paths.push(url)
      return Response.json(task({ id: sent[0]?.body.id ?? "", version: 2, deleted_at: "2026-11-25T00:00:00.000Z" }))
    })
    await undoLast()
    expect(paths).toEqual([`/api/v1/tasks/${sent[0]?.body.id}`])
  })

  it("that is refused is not shown any more, and says why", async () => {
    answer = refused
    expect(await add("Pay rent", { title: "Pay rent" })).toEqual({ refused: "Correct /text." })
    expect(tasks.value.size).toBe(0)
    expect(toasts.value.at(-1)).toMatchObject({ text: "“Pay rent” was not added", detail: "Correct /text." })
    expect(keptLines.value).toEqual([])
  })
})

describe("without a network", () => {
  it("a line is kept, for this person alone, and also for the next start of the page", async () => {
    answer = unreachable
    expect(await add("Pay rent", { title: "Pay rent" })).toEqual({})
    expect(tasks.value.size).toBe(0)
    expect(keptLines.value.map((it) => it.body.text)).toEqual(["Pay rent"])
    expect(JSON.parse(localStorage.getItem("duely.lines") ?? "[]")).toHaveLength(1)
    me.value = { id: "bob" } as Me
    expect(keptLines.value).toEqual([])
  })

  it("kept lines are sent in their order when the server is back: the same requests under the same keys", async () => {
    const stop = sendKeptLines()
    answer = unreachable
    await add("First")
    await add("Second")
    const tried = sent.filter((_, place) => place % 2 === 0)
    answer = added
    connection.value = "live"
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sent.slice(-2)).toEqual(tried)
    expect(keptLines.value).toEqual([])
    expect([...tasks.value.values()].map((it) => it.title)).toEqual(["First", "Second"])
    stop()
  })

  it("they are tried again in growing pauses while the stream lives, and not without end", async () => {
    const stop = sendKeptLines()
    connection.value = "live"
    answer = unreachable
    await add("Pay rent")
    await vi.advanceTimersByTimeAsync(300_000)
    expect(sent.length).toBeGreaterThan(8)
    expect(sent.length).toBeLessThan(30)
    answer = added
    await vi.advanceTimersByTimeAsync(65_000)
    expect(keptLines.value).toEqual([])
    stop()
  })

  it("one that is refused later stays with the reason until its writer has seen it, and holds up no other", async () => {
    const stop = sendKeptLines()
    answer = unreachable
    await add("Bad")
    await add("Good")
    answer = (one) => (one.body.text === "Bad" ? refused() : added(one))
    connection.value = "live"
    await vi.advanceTimersByTimeAsync(1_000)
    expect(keptLines.value).toMatchObject([{ body: { text: "Bad" }, fault: "Correct /text." }])
    expect([...tasks.value.values()].map((it) => it.title)).toEqual(["Good"])
    dropLine(keptLines.value[0]?.key ?? "")
    expect(keptLines.value).toEqual([])
    stop()
  })

  it.each([401, 429])("a line that is answered %d is kept as well", async (status) => {
    answer = () => Response.json({ code: "x", status, detail: "Later." }, { status })
    expect(await add("Pay rent")).toEqual({})
    expect(keptLines.value).toHaveLength(1)
  })

  it("no more than 200 are kept; the next one goes back to its writer", async () => {
    answer = () => Response.json({ code: "x", status: 429, detail: "Later." }, { status: 429 })
    for (let count = 0; count < 200; count += 1) await addLine(newLine({ text: `${count}` }))
    expect(await addLine(newLine({ text: "one more" }))).toEqual({ refused: "Later." })
    expect(keptLines.value).toHaveLength(200)
  })
})
