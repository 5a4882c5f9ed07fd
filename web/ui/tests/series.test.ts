// Series in this window: the preview while typing, the scope of an edit, events, and journeys.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Recurrence } from "../src/recurrence.ts"
import { ActivityLog, undoActivity } from "../src/store/activity.ts"
import { asked } from "../src/store/asking.ts"
import { applyEvents } from "../src/store/live.ts"
import { Occurrences, openOccurrences } from "../src/store/occurrences.ts"
import { PreviewAsker } from "../src/store/preview.ts"
import { makeRepeating } from "../src/store/repeating.ts"
import { isStarted, saveTask, templatePart } from "../src/store/scope.ts"
import { clearSeries, confirmSeries, reloadSeries, seriesList, seriesOf } from "../src/store/series.ts"
import { keptWords, pauseSeries, seriesSaver, unskipSlot } from "../src/store/series-changes.ts"
import { clearTasks, confirm, tasks } from "../src/store/tasks.ts"
import { dismissWhere, toasts } from "../src/store/toasts.ts"
import { isSameClock } from "../src/store/travel.ts"
import type { Series, StreamEvent, Task } from "../src/types.ts"
import { news, task } from "./support/samples.ts"

type Asked = { method: string; path: string; body: unknown; ifMatch?: string }

let requests: Asked[]
let answers: (request: Asked) => unknown

beforeEach(() => {
  requests = []
  answers = () => ({})
  vi.stubGlobal("fetch", async (url: string, { method, body, headers }: RequestInit) => {
    const ifMatch = (headers as Record<string, string>)["If-Match"]
    const request = {
      method: method ?? "GET",
      path: url,
      body: body ? JSON.parse(String(body)) : undefined,
      ...(ifMatch ? { ifMatch } : {}),
    }
    requests.push(request)
    const answer = await answers(request)
    return answer instanceof Response ? answer : Response.json(answer)
  })
})
afterEach(() => {
  dismissWhere(() => true)
  clearSeries()
  clearTasks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe("the preview", () => {
  const question = (rule: string) =>
    ({ rule, mode: "schedule", month_end: "clamp", start: { date: "2026-11-25" } }) as const

  it("waits for a pause, and a late answer never covers a newer one", async () => {
    vi.useFakeTimers()
    let answerLate = (_: object) => {}
    const late = new Promise<object>((resolve) => {
      answerLate = resolve
    })
    answers = ({ body }) => ((body as { rule: string }).rule === "A" ? late : { sentence: "Newest", occurrences: [] })
    const asker = new PreviewAsker()
    asker.ask(question("A"))
    await vi.advanceTimersByTimeAsync(10)
    asker.ask(question("B"))
    await vi.advanceTimersByTimeAsync(100)
    asker.ask(question("C"))
    await vi.advanceTimersByTimeAsync(300)
    expect(requests.map((it) => (it.body as { rule: string }).rule)).toEqual(["A", "C"])
    answerLate({ sentence: "Old", occurrences: [] })
    await vi.advanceTimersByTimeAsync(10)
    expect(asker.state.value).toMatchObject({ kind: "ready", preview: { sentence: "Newest" } })
  })

  it("hands on what is wrong", async () => {
    answers = () => Response.json({ code: "invalid_rule", errors: [] }, { status: 422 })
    const asker = new PreviewAsker()
    asker.ask(question("FREQ="))
    await vi.waitFor(() => expect(asker.state.value.kind).toBe("refused"))
    expect(asker.state.value.problem?.code).toBe("invalid_rule")
  })
})

describe("a form that edits a series", () => {
  it("says which version it began with, and saves over theirs once they are seen", async () => {
    const mine = series({ version: 3 })
    const theirs = { ...mine, version: 5, title: "Theirs" }
    const conflicts = [{ field: "title", yours: "Mine", theirs: "Theirs" }]
    answers = ({ method, ifMatch }) => {
      if (method === "GET") return theirs
      return ifMatch === '"3"'
        ? Response.json({ code: "edit_conflict", conflicts }, { status: 409 })
        : { ...theirs, version: 6, title: "Mine" }
    }
    const save = seriesSaver(mine, "Changed")
    await expect(save({ title: "Mine" })).rejects.toMatchObject({ problem: { conflicts } })
    expect(seriesOf(mine.id)?.title).toBe("Theirs")
    expect((await save({ title: "Mine" })).title).toBe("Mine")
    expect(requests.filter((it) => it.method === "PATCH").map((it) => it.ifMatch)).toEqual(['"3"', '"5"'])
  })
})

describe("tasks that were written into", () => {
  it("are told by the change that leaves them as single ones, and by no later one", async () => {
    const before = series({ kept: ["t1"] })
    const due = { local: "2026-11-26T09:00", zone: null }
    confirm([occurrence({ id: "t2", due })])
    answers = ({ path }) =>
      path.endsWith("/t1") ? occurrence({ title: "Read from the server", due }) : Response.json({}, { status: 404 })
    expect(await keptWords(before, series({ kept: ["t1"] }))).toBe("")
    expect(await keptWords(before, series({ kept: ["t1", "t2"] }))).toMatch(
      /^“Water” \(26 Nov .+\) was written into and stays as a single task\.$/,
    )
    expect(await keptWords(series({}), series({ kept: ["t1", "t2"] }))).toMatch(
      /^“Read from the server” \(.+\), “Water” \(.+\) were written into and stay as single tasks\.$/,
    )
    expect(await keptWords(series({}), series({ kept: ["t2", "t3", "t4", "t5"] }))).toMatch(/, 3 more were written/)
  })

  it("come with the skip that is taken back", async () => {
    answers = () => series({ version: 2 })
    await unskipSlot(series({ skipped: ["2026-11-26T09:00"] }), "2026-11-26T09:00")
    expect(requests).toMatchObject([
      { method: "POST", path: "/api/v1/series/s1/unskip", body: { slot: "2026-11-26T09:00" } },
    ])
  })
})

describe("a change of a series", () => {
  const undoOf = async () => {
    await vi.waitFor(() => expect(toasts.value[0]?.action?.label).toBe("Undo"))
    toasts.value[0]?.action?.run()
  }

  it("is undone from its toast by the entry that its request made", async () => {
    const entry = (position: number, more: object) => ({
      ...{ position, series_id: "s1", undoable: true, cause: { correlation_id: "r1" } },
      ...more,
    })
    const items = [
      entry(9, { cause: { correlation_id: "r2" } }),
      entry(8, { series_id: "s2" }),
      entry(7, { undoable: false }),
      entry(6, {}),
    ]
    answers = ({ path }) => {
      if (path.includes("/activity?")) return { items, next_cursor: null }
      const body = series({ version: path.endsWith("/pause") ? 2 : 3 })
      return Response.json(body, { headers: { "X-Request-Id": "r1" } })
    }
    await pauseSeries(series({}))
    await undoOf()
    await vi.waitFor(() => expect(requests.at(-1)?.path).toBe("/api/v1/activity/6/undo"))
    await vi.waitFor(() => expect(toasts.value.map((it) => it.text)).toEqual(["Undone: Paused “Water”"]))
  })

  it("says so where the activity has nothing to undo", async () => {
    answers = ({ path }) => (path.includes("/activity?") ? { items: [], next_cursor: null } : series({ version: 2 }))
    await pauseSeries(series({}))
    await undoOf()
    await vi.waitFor(() => expect(toasts.value.map((it) => it.kind)).toContain("problem"))
  })
})

describe("undo of an entry of a series", () => {
  it("is offered for what the server undoes, and shows the series", async () => {
    const log = new ActivityLog({})
    const about = (type: string, changed: object): StreamEvent =>
      news(type, null, { series_id: "s1", changed } as Partial<StreamEvent>)
    const offered = (type: string, changed: object) => {
      log.items.value = []
      log.add(about(type, changed))
      return log.items.value[0]?.undoable
    }
    expect(offered("series.updated", { rule: { old: "A", new: "B" } })).toBe(true)
    expect(offered("series.updated", { open: { old: [], new: [] } })).toBe(false)
    expect(offered("series.paused", { status: { old: "active", new: "paused" } })).toBe(true)
    expect(offered("series.resumed", { status: { old: "ended", new: "active" } })).toBe(false)
    expect(offered("recurrence.skipped", {})).toBe(true)
    expect(offered("recurrence.moved", { moved: { old: {}, new: {} } })).toBe(true)
    expect(offered("task.updated", { occurrence: { old: {}, new: {} } })).toBe(false)
    answers = () => series({ version: 7, title: "Back" })
    log.add(about("recurrence.skipped", {}))
    const [line] = log.items.value
    if (line) await undoActivity(line)
    expect(seriesOf("s1")?.title).toBe("Back")
  })
})

describe("an edit of an occurrence", () => {
  const answer = async (value: string | null) => {
    await vi.waitFor(() => expect(asked.value).not.toBeNull())
    asked.value?.answer(value)
  }

  beforeEach(() => {
    confirm([occurrence({})])
    confirmSeries([series({})])
    answers = ({ path, body, method }) => {
      if (method === "GET") return occurrence({})
      return path.includes("/series/") ? series({ version: 2 }) : occurrence({ version: 2, ...(body as object) })
    }
  })

  it("asks, and changes this one alone when told so", async () => {
    const saved = saveTask(occurrence({}), { title: "Other" })
    await answer("one")
    expect(await saved).toBe(true)
    expect(requests).toMatchObject([{ method: "PATCH", path: "/api/v1/tasks/t1", body: { title: "Other" } }])
  })

  it("changes this and following from its slot on", async () => {
    const saved = saveTask(occurrence({}), { priority: "high" })
    await answer("following")
    expect(await saved).toBe(true)
    const body = { priority: "high", from_slot: "2026-11-25T09:00" }
    expect(requests).toMatchObject([{ method: "PATCH", path: "/api/v1/series/s1", body }])
  })

  it("begins at the one that outlived another rule, and leaves those before it alone", async () => {
    confirmSeries([series({ version: 4, generation: 2 })])
    const later = occurrence({ occurrence: { generation: 1, slot: "2026-11-26T09:00" } })
    const saved = saveTask(later, { priority: "high" })
    await answer("following")
    await saved
    const body = { priority: "high", from_slot: "2026-11-26T09:00" }
    expect(requests).toMatchObject([{ method: "PATCH", path: "/api/v1/series/s1", body }])
  })

  it("of one that has begun changes it and what is still to come", async () => {
    const begun = occurrence({ occurrence: { generation: 1, slot: "2026-11-24T09:00" } })
    confirm([{ ...begun, version: 2 }])
    const saved = saveTask(begun, { title: "Other" })
    await answer("following")
    await saved
    expect(requests.map((it) => it.path)).toEqual(["/api/v1/tasks/t1", "/api/v1/series/s1"])
    expect(requests[1]?.body).toEqual({ title: "Other", from_slot: "2026-11-25T09:00" })
  })

  it("is taken back when the question is left", async () => {
    const saved = saveTask(occurrence({}), { title: "Other" })
    await answer(null)
    expect([await saved, requests.length]).toEqual([false, 0])
  })

  it("does not ask about what is this one's alone, or when the series is over", async () => {
    await saveTask(occurrence({}), { due: { date: "2026-12-01" } })
    await saveTask(occurrence({}), { reminders: [{ at: "2026-12-01T09:00:00.000Z" }] })
    confirmSeries([series({ version: 3, status: "ended" })])
    await saveTask(occurrence({}), { title: "Other" })
    expect(requests.map((it) => it.path)).toEqual(Array(3).fill("/api/v1/tasks/t1"))
  })

  it("knows what has begun", () => {
    const at = (generation: number, slot: string) => occurrence({ occurrence: { generation, slot } })
    expect(isStarted(at(1, "2026-11-24T09:00"), series({}))).toBe(true)
    expect(isStarted(at(1, "2026-11-26T09:00"), series({}))).toBe(false)
    expect(isStarted(at(1, "2026-11-26T09:00"), series({ generation: 2 }))).toBe(false)
    expect(isStarted(at(1, "2026-11-26T09:00"), series({ status: "paused", next: null }))).toBe(true)
  })

  it("gives the template steps without their ticks", () => {
    expect(templatePart({ checklist: [{ id: "c", text: "One", done: true }] })).toEqual({
      checklist: [{ text: "One", done: false }],
    })
  })
})

describe("a new one that repeats", () => {
  it("made of a task that is there keeps that task, with another due only where one was chosen", async () => {
    const due = { local: "2026-11-26T09:00", zone: "Europe/Berlin" }
    const plain = occurrence({ id: "old", series_id: null, occurrence: null, due })
    const recurrence = { rule: "FREQ=DAILY", mode: "schedule" } as unknown as Recurrence
    confirm([plain])
    answers = () => occurrence({ id: "old", due, version: 2 })
    await makeRepeating(plain, due, recurrence)
    await makeRepeating(plain, { date: "2026-11-27" }, recurrence)
    expect(requests).toMatchObject([
      { method: "PATCH", path: "/api/v1/tasks/old", body: { recurrence } },
      { method: "PATCH", path: "/api/v1/tasks/old", body: { due: { date: "2026-11-27" }, recurrence } },
    ])
    expect(requests[0]?.body).not.toHaveProperty("due")
    expect(tasks.value.get("old")?.series_id).toBe("s1")
  })
})

describe("news of a series", () => {
  it("reads again what is known, once for many events, and its occurrences on screen", async () => {
    confirmSeries([series({})])
    const list = new Occurrences("s1", "2026-11-25")
    openOccurrences.add(list)
    answers = ({ path }) => (path.includes("occurrences") ? { items: [] } : series({ version: 5, title: "New" }))
    applyEvents([ofSeries("recurrence.skipped"), ofSeries("recurrence.withdrawn"), ofSeries("series.updated")])
    await vi.waitFor(() => expect(seriesOf("s1")?.title).toBe("New"))
    await vi.waitFor(() => expect(list.state.value).toBe("ready"))
    expect(requests).toHaveLength(2)
    list.close()
  })

  it("after a gap names what is left, in one question for many", async () => {
    confirmSeries(["s1", "s2", "s3", "s4", "s5", "s6", "s7"].map((id) => series({ id })))
    answers = () => ({ items: [series({ id: "s2", version: 2 })], next_cursor: null })
    reloadSeries()
    await vi.waitFor(() => expect(seriesList.value.map((it) => it.id)).toEqual(["s2"]))
    expect(requests).toHaveLength(1)
  })

  it("never goes back to an older version, and hides what is deleted", () => {
    confirmSeries([series({ version: 5 })])
    confirmSeries([series({ version: 4, title: "Old" })])
    expect(seriesOf("s1")?.title).toBe("Water")
    confirmSeries([series({ version: 6, status: "deleted" })])
    expect(seriesList.value).toEqual([])
  })
})

it("two names of one zone are no journey, two clocks that part in summer are", () => {
  const winter = Date.parse("2026-01-15T12:00:00Z")
  expect(isSameClock("Asia/Kolkata", "Asia/Calcutta", winter)).toBe(true)
  expect(isSameClock("Europe/Paris", "Europe/Berlin", winter)).toBe(true)
  expect(isSameClock("Europe/London", "Africa/Abidjan", winter)).toBe(false)
})

function ofSeries(type: string): StreamEvent {
  return news(type, null, { series_id: "s1", version: 2 })
}

function series(given: Partial<Series>): Series {
  const next = {
    slot: "2026-11-25T09:00",
    number: 1,
    at: "2026-11-25T08:00:00.000Z",
    task_id: "t1",
    zone: "Europe/Berlin",
  }
  const made = {
    id: "s1",
    version: 1,
    title: "Water",
    status: "active",
    generation: 1,
    next,
    rule: "FREQ=DAILY",
    kept: [],
    skipped: [],
  }
  return { ...made, ...given } as Series
}

function occurrence(given: Partial<Task>): Task {
  const slot = { generation: 1, slot: "2026-11-25T09:00" }
  return task({ id: "t1", title: "Water", series_id: "s1", occurrence: slot, ...given })
}
