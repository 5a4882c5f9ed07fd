// Edits: shown at once, then settled by the server: kept, reverted, retried once, or put to the reader.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { completeTask, deleteTask, patchTask } from "../src/store/changes.ts"
import { clashes, clearEdits, insist } from "../src/store/edits.ts"
import { applyEvents } from "../src/store/live.ts"
import { clearTasks, confirm, tasks, unsaved } from "../src/store/tasks.ts"
import { dismissWhere, toasts } from "../src/store/toasts.ts"
import { clearUndo, undoLast } from "../src/store/undo.ts"
import { news, task } from "./support/samples.ts"

const base = task({ id: "t1", title: "Pay rent", version: 3 })

let server: ReturnType<typeof fakeServer>
const shown = () => tasks.value.get("t1")

beforeEach(() => {
  server = fakeServer()
  confirm([base])
})
afterEach(() => {
  clearTasks()
  clearUndo()
  clearEdits()
  dismissWhere(() => true)
  vi.unstubAllGlobals()
})

describe("an edit", () => {
  it("shows at once and stays when the server agrees", async () => {
    const saved = patchTask("t1", { title: "Pay the rent" })
    expect(shown()?.title).toBe("Pay the rent")
    expect(unsaved.value.has("t1")).toBe(true)
    server.answer(200, { ...base, title: "Pay the rent", version: 4 })
    expect(await saved).toBe(true)
    expect([shown()?.title, shown()?.version, unsaved.value.size]).toEqual(["Pay the rent", 4, 0])
  })

  it("is taken back with a word when it is refused", async () => {
    const saved = patchTask("t1", { title: "x" })
    server.answer(422, { code: "invalid", detail: "The title is too long." })
    expect(await saved).toBe(false)
    expect(shown()).toEqual(base)
    expect(toasts.value.at(-1)).toMatchObject({ text: "The title was not saved", detail: "The title is too long." })
  })

  it("is tried once more, with the same key, when the network fails; then taken back", async () => {
    const saved = patchTask("t1", { title: "x" })
    server.fail()
    server.fail()
    expect(await saved).toBe(false)
    expect(server.calls).toHaveLength(2)
    expect(server.calls[0]?.headers["Idempotency-Key"]).toBe(server.calls[1]?.headers["Idempotency-Key"])
    expect(shown()?.title).toBe("Pay rent")
    expect(toasts.value.at(-1)?.action?.label).toBe("Try again")
  })

  it("has the same key when the reader tries again, because the server may have done it", async () => {
    const saved = patchTask("t1", { title: "x" })
    server.fail()
    server.fail()
    await saved
    toasts.value.at(-1)?.action?.run()
    await vi.waitFor(() => expect(server.calls).toHaveLength(3))
    expect(server.calls[2]?.headers["Idempotency-Key"]).toBe(server.calls[0]?.headers["Idempotency-Key"])
    expect(server.calls[2]?.body).toEqual(server.calls[0]?.body)
    server.answer(200, { ...base, title: "x", version: 4 })
    await vi.waitFor(() => expect(unsaved.value.size).toBe(0))
    expect(shown()?.title).toBe("x")
  })

  it("survives one failure of the network without a word", async () => {
    const saved = patchTask("t1", { priority: "high" })
    server.fail()
    server.answer(200, { ...base, priority: "high", version: 4 })
    expect(await saved).toBe(true)
    expect(toasts.value).toEqual([])
  })

  it("lies on top of what comes from elsewhere meanwhile", async () => {
    const saved = patchTask("t1", { title: "Mine" })
    applyEvents([news("task.updated", { ...base, tags: ["home"], version: 4 })])
    expect([shown()?.title, shown()?.tags]).toEqual(["Mine", ["home"]])
    server.answer(200, { ...base, title: "Mine", tags: ["home"], version: 5 })
    await saved
    expect(shown()).toMatchObject({ title: "Mine", tags: ["home"], version: 5 })
  })

  it("waits for the one before it, and builds on its version", async () => {
    const first = patchTask("t1", { title: "One" })
    const second = patchTask("t1", { title: "Two" })
    await vi.waitFor(() => expect(server.calls).toHaveLength(1))
    expect(shown()?.title).toBe("Two")
    server.answer(200, { ...base, title: "One", version: 4 })
    await first
    server.answer(200, { ...base, title: "Two", version: 5 })
    await second
    expect(server.calls.map((it) => it.headers["If-Match"])).toEqual(['"3"', '"4"'])
  })

  it("puts both values to the reader when somebody else was faster, and can insist", async () => {
    const saved = patchTask("t1", { title: "Mine" })
    server.answer(409, { code: "edit_conflict", conflicts: [{ field: "title", yours: "Mine", theirs: "Theirs" }] })
    server.answer(200, { ...base, title: "Theirs", version: 4 })
    expect(await saved).toBe(false)
    expect(shown()?.title).toBe("Theirs")
    const [clash] = clashes.value
    expect(clash?.conflicts[0]).toMatchObject({ yours: "Mine", theirs: "Theirs" })
    if (clash) void insist(clash)
    expect(shown()?.title).toBe("Mine")
    await vi.waitFor(() => expect(server.calls.at(-1)?.headers["If-Match"]).toBe('"4"'))
    expect(clashes.value).toEqual([])
  })
})

describe("news from the stream", () => {
  it("never lets an older version cover a newer one", () => {
    applyEvents([news("task.updated", { ...base, title: "New", version: 5 })])
    applyEvents([news("task.updated", { ...base, title: "Old", version: 4 })])
    confirm([{ ...base, title: "Old list", version: 4 }])
    expect(shown()?.title).toBe("New")
  })

  it("does not bring back what was purged", () => {
    applyEvents([news("task.purged", { ...base, version: 6 })])
    confirm([base])
    expect(shown()).toBeUndefined()
  })
})

describe("undo", () => {
  it("reopens what was completed, from the toast as from the key", async () => {
    completeTask("t1")
    expect(shown()?.status).toBe("completed")
    server.answer(200, { ...base, status: "completed", version: 4 })
    await vi.waitFor(() => expect(toasts.value.at(-1)?.action?.label).toBe("Undo"))
    const undone = undoLast()
    expect(shown()?.status).toBe("open")
    server.answer(200, { ...base, version: 5 })
    await undone
    expect(server.calls.map((it) => it.url)).toEqual(["/api/v1/tasks/t1/complete", "/api/v1/tasks/t1/reopen"])
  })

  it("puts the old values of an edit back", async () => {
    const saved = patchTask("t1", { title: "Other", priority: "high" })
    server.answer(200, { ...base, title: "Other", priority: "high", version: 4 })
    await saved
    void undoLast()
    await vi.waitFor(() => expect(server.calls.at(-1)?.body).toEqual({ title: "Pay rent", priority: "none" }))
    expect(server.calls.at(-1)?.headers["If-Match"]).toBe('"4"')
  })

  it("has nothing to take back when the deletion was refused", async () => {
    deleteTask("t1")
    server.answer(404, { code: "task_not_found", detail: "There is no such task." })
    await vi.waitFor(() => expect(toasts.value).toHaveLength(1))
    await undoLast()
    expect(toasts.value.at(-1)?.text).toBe("Nothing to undo")
  })
})

/** A server that answers in the order of the requests, with what the test says next. */
function fakeServer() {
  const calls: { url: string; headers: Record<string, string>; body: unknown }[] = []
  const asked: ((reply: Response | Error) => void)[] = []
  const replies: (Response | Error)[] = []
  const meet = () => {
    while (asked.length > 0 && replies.length > 0) asked.shift()?.(replies.shift() as Response | Error)
  }
  vi.stubGlobal("fetch", (url: string, { headers, body }: RequestInit) => {
    if (url.startsWith("/api/v1/tags")) return Promise.resolve(Response.json({ items: [] }))
    calls.push({ url, headers: headers as Record<string, string>, body: body ? JSON.parse(String(body)) : undefined })
    return new Promise((resolve, reject) => {
      asked.push((reply) => (reply instanceof Error ? reject(reply) : resolve(reply)))
      meet()
    })
  })
  return {
    calls,
    answer: (status: number, body: unknown) => {
      replies.push(Response.json(body, { status }))
      meet()
    },
    fail: () => {
      replies.push(new TypeError("no network"))
      meet()
    },
  }
}
