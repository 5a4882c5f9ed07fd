// Change sets in the page: which lines name one, and what is said of one that was taken back.
import { afterEach, describe, expect, it, vi } from "vitest"
import {
  closeChangeSet,
  leadsSet,
  leftOver,
  openSet,
  resultText,
  showChangeSet,
  takeBack,
  whyText,
} from "../src/store/change-sets.ts"
import type { Activity, Outcome, Reverted } from "../src/types.ts"

const line = (change_set: string | null) => ({ cause: { change_set } }) as Activity
const outcome = (status: Outcome["status"], more: Partial<Outcome> = {}): Outcome => ({
  ...{ position: 1, type: "task.updated", task_id: "t", series_id: null, title: "T", detail: "" },
  ...{ status, conflicts: [], kept: [], ...more },
})
const reverted = (...results: Outcome[]): Reverted => {
  const counts: Record<string, number> = {}
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1
  return { reverted: "a", change_set: "b", counts, results }
}

afterEach(() => {
  closeChangeSet()
  vi.unstubAllGlobals()
})

it("names a set in the first line of each run", () => {
  const lines = [line("a"), line("a"), line(null), line("a"), line("b")]
  expect(lines.map((_, at) => leadsSet(lines, at))).toEqual([true, false, false, true, true])
})

describe("of a set that was taken back it says", () => {
  it("that all came back, a series with what stays of it included", () => {
    const result = reverted(outcome("reverted"), outcome("kept", { kept: [kept("2026-12-01")] }))
    expect(resultText(result)).toBe("All 2 changes taken back")
    expect(leftOver(result).map(whyText)).toEqual(["is deleted; stays: 2026-12-01"])
  })

  it("what did not, and why", () => {
    const gone = outcome("gone", { detail: "The task is in the trash already." })
    const result = reverted(outcome("reverted"), outcome("changed_since"), gone)
    expect(resultText(result)).toBe("1 of 3 changes taken back")
    expect(leftOver(result).map(whyText)).toEqual(["was changed since, and stays", "The task is in the trash already."])
  })
})

it("sends the same key again when the answer was lost, and another one for another dialog", async () => {
  const keys: string[] = []
  vi.stubGlobal("fetch", (_: string, request: RequestInit) => {
    const key = (request.headers as Record<string, string>)["Idempotency-Key"]
    if (key) keys.push(key)
    if (key && keys.length < 3) return Promise.resolve(new Response("{}", { status: 500 }))
    return Promise.resolve(Response.json(key ? reverted(outcome("reverted")) : { id: "a", items: [], takes_back: {} }))
  })
  await showChangeSet("a")
  await takeBack()
  expect(openSet.value?.problem).toBe("The server had a fault.")
  await takeBack()
  await takeBack()
  expect(openSet.value?.result?.change_set).toBe("b")
  expect(new Set(keys).size).toBe(1)
  await showChangeSet("a")
  await takeBack()
  expect(new Set(keys).size).toBe(2)
})

function kept(slot: string) {
  return { task_id: "t", title: "T", slot, status: "open" as const }
}
