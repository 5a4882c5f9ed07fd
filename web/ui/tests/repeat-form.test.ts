// The repeat form: the request it becomes, what follows a changed first date, and where an error is shown.
import { expect, it } from "vitest"
import type { Recurrence } from "../src/recurrence.ts"
import {
  faultsOf,
  formOf,
  isOftenerThanDaily,
  lacksDays,
  recurrenceOf,
  startOf,
  withDate,
  withMode,
  withRule,
} from "../src/repeat-form.ts"
import type { Problem } from "../src/types.ts"

const zone = "Europe/Berlin"
const start = { local: "2026-11-25T09:00", zone }
const recurrence: Recurrence = {
  rule: "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=6",
  mode: "schedule",
  month_end: "skip",
  pile_up: "newest",
  look_ahead_days: 14,
}

it("gives back what it was given", () => {
  const form = formOf(recurrence, start, "UTC")
  expect(recurrenceOf(form)).toEqual(recurrence)
  expect(startOf(form)).toEqual(start)
  expect(startOf(formOf(null, { date: "2026-11-25" }, zone))).toEqual({ date: "2026-11-25" })
})

it("leaves to the server what becomes of older ones, until somebody chooses", () => {
  const form = formOf(null, start, zone)
  expect(recurrenceOf(form)).not.toHaveProperty("pile_up")
  expect(recurrenceOf({ ...form, pileUp: "all" }).pile_up).toBe("all")
})

it("sees in the preview what comes more often than daily, whatever the clocks do", () => {
  const preview = (...times: string[]) => ({
    sentence: "",
    occurrences: times.map((local) => ({ local, date: null, zone, at: `${local}:00.000Z`, shifted: false })),
  })
  expect(isOftenerThanDaily(preview("2026-11-25T09:00", "2026-11-25T13:00", "2026-11-26T09:00"))).toBe(true)
  expect(isOftenerThanDaily(preview("2027-03-27T09:00", "2027-03-28T09:00"))).toBe(false)
  expect(isOftenerThanDaily(preview("2026-11-25T09:00"))).toBe(false)
})

it("begins with the weekday of the first date, and takes it along", () => {
  const form = formOf(null, start, zone)
  expect(recurrenceOf(form).rule).toBe("FREQ=WEEKLY;BYDAY=WE")
  expect(recurrenceOf(withDate(form, "2026-11-27")).rule).toBe("FREQ=WEEKLY;BYDAY=FR")
})

it("keeps a rule by hand until the choices can say it", () => {
  const own = "FREQ=MONTHLY;BYMONTHDAY=1,15"
  const form = formOf({ ...recurrence, rule: own }, start, zone)
  expect([form.raw, recurrenceOf(form).rule]).toEqual([own, own])
  const back = withRule(form, "FREQ=MONTHLY;BYMONTHDAY=15")
  expect([back.raw, back.pattern.day]).toEqual([null, "15"])
})

it.each([
  "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
  "FREQ=HOURLY;INTERVAL=4",
  "FREQ=YEARLY;BYDAY=20MO",
  "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE:20270104T090000",
  "RRULE:FREQ=WEEKLY;BYDAY=MO;",
])("never loses %j", (rule) => {
  const form = formOf({ ...recurrence, rule }, start, zone)
  expect(recurrenceOf({ ...form, pileUp: "all" }).rule).toBe(rule)
  expect(recurrenceOf(withMode(withMode(form, "completion"), "schedule")).rule).toBe(rule)
  expect(recurrenceOf(withDate(form, "2026-11-27")).rule).toBe(rule)
})

it("keeps the spelling of a rule that the choices can say, until they say another", () => {
  const form = formOf({ ...recurrence, rule: "RRULE:freq=monthly" }, start, zone)
  expect([form.raw, recurrenceOf(form).rule]).toEqual([null, "RRULE:freq=monthly"])
  expect(recurrenceOf({ ...form, pattern: { ...form.pattern, interval: "2" } }).rule).toBe(
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=25",
  )
  expect(recurrenceOf(withDate(form, "2026-11-27")).rule).toBe("FREQ=MONTHLY;BYMONTHDAY=27")
  const fixed = withDate(form, "2026-11-27")
  expect(recurrenceOf({ ...fixed, pattern: { ...fixed.pattern, day: "25" } }).rule).toBe("FREQ=MONTHLY;BYMONTHDAY=25")
  expect(recurrenceOf(withRule(form, "FREQ=MONTHLY")).rule).toBe("FREQ=MONTHLY;BYMONTHDAY=25")
})

it.each([
  ["FREQ=MONTHLY;BYMONTHDAY=28", "schedule", false],
  ["FREQ=MONTHLY;BYMONTHDAY=29", "schedule", true],
  ["FREQ=MONTHLY;BYMONTHDAY=-1", "schedule", false],
  ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "schedule", true],
  ["FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31", "schedule", false],
  ["FREQ=MONTHLY", "completion", false],
] as const)("%s, %s: asks about shorter months: %s", (rule, mode, asks) => {
  expect(lacksDays(formOf({ ...recurrence, rule, mode }, start, zone))).toBe(asks)
})

it("shows each fault at the field that mends it, and the rest at the rule", () => {
  const form = formOf(recurrence, start, zone)
  const fault = (code: string, pointer = "/rule") => ({ code, pointer, detail: "it is wrong", parameter: null })
  const told = (...errors: ReturnType<typeof fault>[]) => ({ errors, detail: "No." }) as unknown as Problem
  expect(faultsOf(told(fault("invalid_interval"), fault("invalid_date", "/start/date")), form)).toEqual({
    interval: "From 1 to 1,000.",
    start: "It is wrong.",
  })
  expect(faultsOf(told(fault("never_yields")), form)).toEqual({ rule: "It is wrong." })
  expect(faultsOf(told(fault("invalid_interval")), { ...form, raw: "FREQ=DAILY;INTERVAL=0" })).toEqual({
    rule: "It is wrong.",
  })
  expect(faultsOf(told(), form)).toEqual({ rule: "No." })
})
