// The place of each task: by the reader's zone, at the turn of the day, through filters and in the address.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { fallsOf, isOverdue } from "../src/store/due.ts"
import { parseRoute, type Route, routeText, type ViewName } from "../src/store/route.ts"
import { byDue, passesFilters, views } from "../src/store/views.ts"
import type { Due, Task } from "../src/types.ts"
import { task } from "./support/samples.ts"

const zone = "America/New_York"
// Wednesday 25 November 2026, 22:00 in New York; already the 26th in UTC.
const now = Date.parse("2026-11-26T03:00:00Z")
const around = { now, zone }

const lists: ViewName[] = ["today", "upcoming", "overdue", "all", "completed", "trash"]
const places = (task: Task) => lists.filter((it) => views[it]?.holds(task, around))

describe("a task stands in", () => {
  const table: [string, Partial<Task>, ViewName[]][] = [
    ["no date", {}, ["all"]],
    ["today's date", due({ date: "2026-11-25" }), ["today", "all"]],
    ["tomorrow's date", due({ date: "2026-11-26" }), ["upcoming", "all"]],
    ["yesterday's date", due({ date: "2026-11-24" }), ["today", "overdue", "all"]],
    ["an hour ago", due({ local: "2026-11-25T21:00", zone }), ["today", "overdue", "all"]],
    ["in an hour", due({ local: "2026-11-25T23:00", zone }), ["today", "all"]],
    [
      "an hour of another zone, already past",
      due({ local: "2026-11-26T03:30", zone: "Europe/Paris" }),
      ["today", "overdue", "all"],
    ],
    [
      "an hour of another zone, still today here",
      due({ local: "2026-11-26T05:30", zone: "Europe/Paris" }),
      ["today", "all"],
    ],
    ["completed", { ...due({ date: "2026-11-24" }), status: "completed" }, ["completed"]],
    ["deleted", { ...due({ date: "2026-11-25" }), deleted_at: "2026-11-25T00:00:00.000Z" }, ["trash"]],
  ]
  it.each(table)("%s", (_, given, expected) => {
    expect(places(task(given))).toEqual(expected)
  })
})

describe("order and headings", () => {
  it("puts hours before the bare date of the same day, then what is more urgent, then no date", () => {
    const list = [
      task({ id: "none" }),
      task({ id: "day", ...due({ date: "2026-11-25" }) }),
      task({ id: "late-hour", ...due({ local: "2026-11-25T23:00", zone }) }),
      task({ id: "day-urgent", priority: "urgent", ...due({ date: "2026-11-25" }) }),
    ]
    expect(list.sort((a, b) => byDue(a, b, zone)).map((it) => it.id)).toEqual([
      "late-hour",
      "day-urgent",
      "day",
      "none",
    ])
  })

  it("a date is overdue when its day has ended here, not before", () => {
    const date = task(due({ date: "2026-11-25" }))
    expect(isOverdue(date, zone, Date.parse("2026-11-26T04:59:59Z"))).toBe(false)
    expect(isOverdue(date, zone, Date.parse("2026-11-26T05:00:00Z"))).toBe(true)
  })

  it.each([
    ["2026-11-24", "Overdue"],
    ["2026-11-25", "Today"],
    ["2026-11-26", "Tomorrow"],
    ["2026-12-02", "Next 7 days"],
    ["2026-12-04", "Later"],
  ])("%s stands under %s", (date, heading) => {
    expect(views.all?.heading(task(due({ date })), around)).toBe(heading)
  })
})

describe("filters", () => {
  const home = task({ title: "Pay rent", description: "Standing order", tags: ["Home"], priority: "high" })
  const filter = (given: Partial<Route>) => passesFilters(home, { ...parseRoute("#/all"), ...given })

  it.each([
    [{ tags: ["home"] }, true],
    [{ tags: ["home", "work"] }, false],
    [{ priorities: ["low", "high"] as const }, true],
    [{ priorities: ["low"] as const }, false],
    [{ search: "REN" }, true],
    [{ search: "order pay" }, true],
    [{ search: "order buy" }, false],
  ])("%j: %s", (given, passes) => {
    expect(filter(given as Partial<Route>)).toBe(passes)
  })
})

describe("the address", () => {
  it("names the conversation in the chat, and nowhere else", () => {
    expect(parseRoute("#/chat/c1?task=t1")).toMatchObject({ view: "chat", chatId: "c1", taskId: "t1" })
    for (const text of ["#/chat", "#/chat/c1", "#/chat/c1?task=t1"]) expect(routeText(parseRoute(text))).toBe(text)
    expect(routeText({ ...parseRoute("#/chat/c1"), view: "all" })).toBe("#/all")
  })

  it("says where one is and brings one back", () => {
    const text = "#/all?tag=home&tag=caf%C3%A9&priority=high&q=pay+rent&task=t1"
    expect(parseRoute(text)).toEqual({
      view: "all",
      tags: ["home", "café"],
      priorities: ["high"],
      search: "pay rent",
      taskId: "t1",
      seriesId: null,
      chatId: null,
    })
    expect(routeText(parseRoute(text))).toBe(text)
  })

  it("is Today when it makes no sense", () => {
    expect(parseRoute("#/nowhere").view).toBe("today")
    expect(parseRoute("").view).toBe("today")
  })

  it("names a series on its page, and nowhere else", () => {
    const page = parseRoute("#/series?series=s1&task=t1")
    expect(page).toMatchObject({ view: "series", seriesId: "s1", taskId: "t1" })
    expect(routeText(page)).toBe("#/series?series=s1&task=t1")
    expect(routeText({ ...page, view: "today" })).toBe("#/today?task=t1")
  })
})

function due(it: Due): Partial<Task> {
  return { due: it }
}

// The same table holds the server's lists and digest: tests/api/test_days.py.
describe("the day of a due", () => {
  const rows: { due: Due; on: Record<string, string> }[] = JSON.parse(
    readFileSync(new URL("../../../tests/api/days.json", import.meta.url), "utf8"),
  )
  for (const { due, on } of rows) {
    it(`is the reader's: ${JSON.stringify(due)}`, () => {
      for (const [zone, date] of Object.entries(on)) expect(fallsOf({ ...due }, zone).date).toBe(date)
    })
  }
})
