// Wall clocks over zones: gaps, overlaps, half-hour zones; and times in words.
import { describe, expect, it } from "vitest"
import { dayLabel, dueLabel, lateLabel, momentLabel, nextMonday, spanLabel } from "../src/format.ts"
import { addDays, addMonths, daysBetween, instantAt, localAt, weekdayOf } from "../src/time.ts"

const utc = (text: string) => Date.parse(text)

describe("wall clocks", () => {
  it.each([
    ["2026-11-22T09:00", "UTC", "2026-11-22T09:00:00Z"],
    ["2026-11-22T09:00", "Europe/Paris", "2026-11-22T08:00:00Z"],
    ["2026-07-22T09:00", "Europe/Paris", "2026-07-22T07:00:00Z"],
    ["2026-11-22T09:00", "Asia/Kolkata", "2026-11-22T03:30:00Z"],
    ["2026-11-22T00:15", "Pacific/Auckland", "2026-11-21T11:15:00Z"],
    ["2026-11-22T23:59:30", "America/New_York", "2026-11-23T04:59:30Z"],
    ["2026-03-29T02:30", "Europe/Paris", "2026-03-29T01:00:00Z"],
    ["2026-10-25T02:30", "Europe/Paris", "2026-10-25T00:30:00Z"],
    ["2026-03-08T02:30", "America/New_York", "2026-03-08T07:00:00Z"],
    ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00Z"],
    ["2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
    ["2011-12-30T10:00", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ])("%s in %s is %s", (local, zone, instant) => {
    expect(new Date(instantAt(local, zone)).toISOString()).toBe(new Date(utc(instant)).toISOString())
  })

  it("goes there and back in every zone of a list, through a year", () => {
    for (const zone of ["UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"])
      for (let instant = utc("2026-01-01T00:30:00Z"); instant < utc("2027-01-01"); instant += 37 * 3_600_000) {
        const again = instantAt(localAt(instant, zone), zone)
        expect(localAt(again, zone)).toBe(localAt(instant, zone))
      }
  })

  it("counts days, not hours, over a clock change", () => {
    expect(addDays("2026-03-28", 2)).toBe("2026-03-30")
    expect(daysBetween("2026-10-24", "2026-10-26")).toBe(2)
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28")
    expect(weekdayOf("2026-11-22")).toBe(0)
  })
})

describe("wording", () => {
  const now = utc("2026-11-25T23:30:00Z")

  it("names a day by the reader's zone, not by UTC", () => {
    expect(dueLabel({ date: "2026-11-26" }, "Europe/Paris", now)).toBe("Today")
    expect(dueLabel({ date: "2026-11-26" }, "America/New_York", now)).toBe("Tomorrow")
    expect(momentLabel(now, "Asia/Tokyo", now)).toMatch(/^Today 0?8:30/)
  })

  it("shows a due of another zone at the reader's hour", () => {
    expect(dueLabel({ local: "2026-11-26T09:00", zone: "America/New_York" }, "Europe/Paris", now)).toMatch(
      /^Today (15|0?3):00/,
    )
  })

  it.each([
    ["2026-11-24", "Yesterday"],
    ["2026-11-27", "Friday"],
    ["2026-12-31", /31 Dec|Dec 31/],
    ["2027-01-02", /2027/],
    ["2026-11-01", /Nov/],
  ])("calls %s %s", (date, label) => {
    expect(dayLabel(date, "2026-11-25")).toMatch(label)
  })

  it("words spans", () => {
    expect([12_000, 180_000, 5_400_000, 172_800_000].map(spanLabel)).toEqual(["12 s", "3 min", "1.5 h", "2 days"])
    expect(lateLabel(200)).toBe("3 min late")
    expect(nextMonday("2026-11-23")).toBe("2026-11-30")
  })
})
