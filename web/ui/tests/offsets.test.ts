import { describe, expect, it } from "vitest"
import { isUnanswered, timesAhead } from "../src/firings.ts"
import {
  asDays,
  atTimeOfDay,
  distanceOf,
  isSameOffset,
  isWithinLimits,
  offsetLabel,
  offsetOf,
  offsetPart,
} from "../src/offsets.ts"
import type { Reminder } from "../src/types.ts"

describe("a distance from the due", () => {
  it.each([
    [{ offset_minutes: 0 }, "At the due time"],
    [{ offset_minutes: 10 }, "10 min before"],
    [{ offset_minutes: 60 }, "1 hour before"],
    [{ offset_minutes: 1440 }, "24 hours before"],
    [{ offset_minutes: -30 }, "30 min after"],
    [{ offset: "-P1D" }, "1 day before"],
    [{ offset: "-P2W" }, "2 weeks before"],
    [{ offset: "P30D" }, "30 days after"],
    [{ offset: "-P1DT2H" }, "1 day and 2 hours before"],
    [{ offset: "P-1DT11H" }, "1 day before, 11 hours later"],
    [{ offset: "PT11H", offset_minutes: null }, "11 hours after"],
  ])("%j is %s", (offset, words) => {
    expect(offsetLabel(offset)).toBe(words)
  })

  it.each([
    [{ offset_minutes: 0 }, "On the day at 09:00"],
    [{ offset_minutes: 30 }, "On the day at 08:30"],
    [{ offset_minutes: -660 }, "On the day at 20:00"],
    [{ offset: "-P1D" }, "1 day before at 09:00"],
    [{ offset: "P-1DT11H" }, "1 day before at 20:00"],
    [{ offset: "-P1W" }, "1 week before at 09:00"],
    [{ offset_minutes: 780 }, "13 hours before"],
  ])("of an all-day task %j is %s", (offset, words) => {
    expect(offsetLabel(offset, true)).toBe(words)
  })

  it("is sent as days on the wall, or else as elapsed minutes", () => {
    const wanted = [
      atTimeOfDay(0, "20:00"),
      atTimeOfDay(-1, "20:00"),
      atTimeOfDay(-7, "09:00"),
      atTimeOfDay(-1, "08:30"),
    ]
    expect(wanted.map(offsetOf)).toEqual([
      { offset_minutes: -660 },
      { offset: "P-1DT660M" },
      { offset: "-P7D" },
      { offset: "-P1DT30M" },
    ])
    expect(wanted.map(offsetOf).map(distanceOf)).toEqual(wanted)
    expect(offsetOf({ days: 0, minutes: -0 })).toEqual({ offset_minutes: 0 })
  })

  it("has limits", () => {
    const before = (days: number) => isWithinLimits({ days: -days, minutes: 0 })
    expect([before(365), before(366), before(-30), before(-31), before(0.5), before(Number.NaN)]).toEqual([
      ...[true, false, true, false],
      ...[true, false],
    ])
  })

  it("becomes days where it is elapsed time of whole days", () => {
    expect(asDays({ offset_minutes: 1440 })).toEqual({ offset: "-P1D" })
    expect(asDays({ offset_minutes: -2880 })).toEqual({ offset: "P2D" })
    expect([{ offset_minutes: 60 }, { offset_minutes: 0 }, { offset: "-P1D" }].map(asDays)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it("is compared by the form that it has", () => {
    expect(isSameOffset({ offset: null, offset_minutes: 30 }, { offset_minutes: 30 })).toBe(true)
    expect(isSameOffset({ offset: "-P1D" }, { offset_minutes: 1440 })).toBe(false)
    expect(offsetPart({ offset: null, offset_minutes: 30 })).toEqual({ offset_minutes: 30 })
  })
})

describe("the firings of a reminder", () => {
  const like = { fired_at: null, late_seconds: null, acknowledged_at: null }
  const own = { ...like, firing: 1, snoozed: false, status: "pending" as const, fire_at: "2026-11-26T11:00:00.000Z" }
  const snooze = { ...own, firing: 2, snoozed: true, fire_at: "2026-11-26T07:30:00.000Z" }
  const reminder = (firings: Reminder["firings"] = null): Reminder => ({
    ...own,
    id: "r",
    snoozed_until: null,
    firings,
  })

  it("are both ahead after a snooze before its time, the next first", () => {
    expect(timesAhead(reminder([own, snooze])).map((it) => it.firing)).toEqual([2, 1])
    expect(timesAhead(reminder()).map((it) => it.firing)).toEqual([1])
  })

  it("want an answer when one has fired, also while the other is ahead", () => {
    const fired = { ...snooze, status: "fired" as const }
    expect(isUnanswered(reminder([own, fired]))).toBe(true)
    expect(isUnanswered(reminder([own, { ...fired, acknowledged_at: fired.fire_at }]))).toBe(false)
    expect(isUnanswered(reminder([own, snooze]))).toBe(false)
  })
})
