// Quotas: the notice from nine tenths on, what a refusal does, and how often the numbers are read again.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { addLine, newLine } from "../src/store/adding.ts"
import { patchTask } from "../src/store/changes.ts"
import { type Amounts, nearest, nearestOf, refusal, usageMayHaveChanged, watchQuota } from "../src/store/quota.ts"
import { me } from "../src/store/session.ts"
import { clearTasks, confirm } from "../src/store/tasks.ts"
import { dismissWhere, toasts } from "../src/store/toasts.ts"
import type { Me } from "../src/types.ts"
import { task } from "./support/samples.ts"

const FULL = { code: "quota_reached", detail: "You have 100 tasks and may have 100: delete some permanently." }

let used: number
let reads: number

const amounts = (tasks: number, most: number | null = 100): Amounts => ({
  tasks: { used: tasks, limit: most },
  series: { used: 1, limit: 10 },
  bytes: { used: 900, limit: 1000 },
})

beforeEach(() => {
  vi.useFakeTimers()
  watchQuota()
  used = 100
  reads = 0
  me.value = { id: "ada", usage: { ...amounts(10), bytes: { used: 0, limit: null } } } as Me
  vi.stubGlobal("fetch", async (url: string) => {
    if (url !== "/api/v1/me") return Response.json(FULL, { status: 403 })
    reads += 1
    return Response.json({ id: "ada", usage: amounts(used) })
  })
})
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(600_000)
  refusal.value = null
  me.value = null
  clearTasks()
  dismissWhere(() => true)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe("what is nearest to its limit", () => {
  it.each([
    [amounts(10), { what: "bytes", used: 900, limit: 1000 }],
    [amounts(95), { what: "tasks", used: 95, limit: 100 }],
    [amounts(120), { what: "tasks", used: 120, limit: 100 }],
    [amounts(500, null), { what: "bytes", used: 900, limit: 1000 }],
    [{ ...amounts(89), bytes: { used: 899, limit: 1000 } }, null],
  ])("%#", (usage, expected) => {
    expect(nearestOf(usage)).toEqual(expected)
  })
})

describe("a refusal", () => {
  it("is kept in its words, and the numbers are read again", async () => {
    expect(nearest.value).toBeNull()
    expect(await addLine(newLine({ text: "Buy milk" }))).toEqual({ refused: FULL.detail })
    expect(refusal.value).toBe(FULL.detail)
    await vi.advanceTimersByTimeAsync(0)
    expect(nearest.value).toEqual({ what: "tasks", used: 100, limit: 100 })
  })

  it("of something new offers no second try, because its line is back in the field", async () => {
    await addLine(newLine({ text: "Buy milk" }), { title: "Buy milk" })
    expect(toasts.value.at(-1)).toMatchObject({ text: "“Buy milk” was not added", detail: FULL.detail })
    expect(toasts.value.at(-1)?.action).toBeUndefined()
  })

  it("of an edit can be tried again, because its text is nowhere else", async () => {
    confirm([task({ id: "t1", title: "Pay rent", version: 3 })])
    await patchTask("t1", { description: "long" })
    expect(toasts.value.at(-1)).toMatchObject({ detail: FULL.detail, action: { label: "Try again" } })
  })
})

describe("the numbers", () => {
  it("are read again every ten minutes at most while there is room", async () => {
    for (let events = 0; events < 50; events += 1) usageMayHaveChanged()
    await vi.advanceTimersByTimeAsync(599_000)
    expect(reads).toBe(0)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(reads).toBe(1)
  })

  it("are read again soon when they are near a limit, so that the notice goes", async () => {
    me.value = { ...(me.value as Me), usage: amounts(95) }
    used = 50
    usageMayHaveChanged()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(me.value?.usage.tasks.used).toBe(50)
  })
})
