// Quick add as a table: what is typed on Wednesday 25 November 2026, 10:20:30 in Paris, and what it means.
import { describe, expect, it } from "vitest"
import { type Draft, parseQuickAdd } from "../src/quickadd.ts"

const zone = "Europe/Paris"
const now = Date.parse("2026-11-25T09:20:30Z")
const at = (local: string) => ({ local, zone })
const on = (date: string) => ({ date })
const by = (rule: string) => ({ rule, mode: "schedule" as const })

type Meaning = Partial<Omit<Draft, "tokens">>

const table: [string, Meaning][] = [
  ["Pay rent", { title: "Pay rent", due: null, reminders: undefined, priority: null, tags: [] }],
  ["Pay rent today", { title: "Pay rent", due: on("2026-11-25") }],
  ["Pay rent tomorrow 9am", { title: "Pay rent", due: at("2026-11-26T09:00") }],
  ["Pay rent tomorrow at 9", { title: "Pay rent", due: at("2026-11-26T09:00") }],
  ["tomorrow 9:30pm Pay rent", { title: "Pay rent", due: at("2026-11-26T21:30") }],
  ["Pay rent in 2 minutes", { title: "Pay rent", due: at("2026-11-25T10:23") }],
  ["Pay rent in 2 min remind 1 minute before", { due: at("2026-11-25T10:23"), reminders: [{ offset_minutes: 1 }] }],
  ["Stretch in an hour", { title: "Stretch", due: at("2026-11-25T11:21") }],
  ["Stretch in half an hour", { title: "Stretch", due: at("2026-11-25T10:51") }],
  ["Water plants in 3 days", { title: "Water plants", due: on("2026-11-28") }],
  ["Water plants in 2 weeks at noon", { title: "Water plants", due: at("2026-12-09T12:00") }],
  ["Renew in 1 month", { title: "Renew", due: on("2026-12-25") }],
  ["Call back 17:45", { title: "Call back", due: at("2026-11-25T17:45") }],
  ["Call back at 8am", { title: "Call back", due: at("2026-11-26T08:00") }],
  ["Film tonight", { title: "Film", due: at("2026-11-25T20:00") }],
  ["Run tomorrow morning", { title: "Run", due: at("2026-11-26T09:00") }],
  ["Run this evening", { title: "Run", due: at("2026-11-25T19:00") }],
  ["Report friday", { title: "Report", due: on("2026-11-27") }],
  ["Report by friday 5pm", { title: "Report", due: at("2026-11-27T17:00") }],
  ["Report next friday", { title: "Report", due: on("2026-12-04") }],
  ["Report wednesday", { title: "Report", due: on("2026-12-02") }],
  ["Report next week", { title: "Report", due: on("2026-11-30") }],
  ["Report next month", { title: "Report", due: on("2026-12-01") }],
  ["Hike this weekend", { title: "Hike", due: on("2026-11-28") }],
  ["Party on 31 Dec", { title: "Party", due: on("2026-12-31") }],
  ["Party dec 31 8pm", { title: "Party", due: at("2026-12-31T20:00") }],
  ["Taxes 3rd of March", { title: "Taxes", due: on("2027-03-03") }],
  ["Taxes 2027-02-28", { title: "Taxes", due: on("2027-02-28") }],
  ["Taxes 2027-02-30", { title: "Taxes 2027-02-30", due: null }],
  ["Leap 29 Feb 2027", { title: "Leap 29 Feb 2027", due: null }],
  ["Buy sun cream", { title: "Buy sun cream", due: null }],
  ["Picnic sat 2pm", { title: "Picnic", due: at("2026-11-28T14:00") }],
  ["Picnic on sun", { title: "Picnic", due: on("2026-11-29") }],
  ["May we ship", { title: "May we ship", due: null }],
  ["Buy 7 eggs", { title: "Buy 7 eggs", due: null }],
  ["Read 24:00 hours", { title: "Read 24:00 hours", due: null }],
  ["Meet at 25", { title: "Meet at 25", due: null }],
  ["Good morning notes", { title: "Good morning notes", due: null }],
  ["Today or tomorrow", { title: "or tomorrow", due: on("2026-11-25") }],
  ["Fix roof #home #Home #garden", { title: "Fix roof", tags: ["home", "garden"] }],
  ["Réviser #épreuve !high", { title: "Réviser", tags: ["épreuve"], priority: "high" }],
  ["Ship it p1", { title: "Ship it", priority: "urgent" }],
  ["Ship it !4", { title: "Ship it", priority: "low" }],
  ["Ship it!", { title: "Ship it!", priority: null }],
  ["C# lesson", { title: "C# lesson", tags: [] }],
  [
    "Dentist friday 9am remind me 1 day before remind 1h",
    { title: "Dentist", reminders: [{ offset: "-P1D" }, { offset_minutes: 60 }] },
  ],
  ["Dentist friday remind me at 18:00", { reminders: [{ at: "2026-11-25T17:00:00.000Z" }] }],
  ["Dentist friday remind me tomorrow 8am", { reminders: [{ at: "2026-11-26T07:00:00.000Z" }], due: on("2026-11-27") }],
  ["Dentist friday no reminder", { title: "Dentist", reminders: [] }],
  ["Remind me to breathe", { title: "Remind me to breathe", reminders: undefined }],
  ["Stand-up every day 9:00", { title: "Stand-up", due: at("2026-11-26T09:00"), repeat: by("FREQ=DAILY") }],
  ["Walk every day", { title: "Walk", due: on("2026-11-25"), repeat: by("FREQ=DAILY") }],
  ["Report every monday 9:00", { due: at("2026-11-30T09:00"), repeat: by("FREQ=WEEKLY;BYDAY=MO") }],
  ["Bins every wednesday", { due: on("2026-11-25"), repeat: by("FREQ=WEEKLY;BYDAY=WE") }],
  ["Bins every wednesday 8am", { due: at("2026-12-02T08:00"), repeat: by("FREQ=WEEKLY;BYDAY=WE") }],
  ["Gym every mon, wed and fri 18:00", { title: "Gym", repeat: by("FREQ=WEEKLY;BYDAY=MO,WE,FR") }],
  ["Mail every weekday morning", { due: at("2026-11-26T09:00"), repeat: by("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR") }],
  ["Bins every 2 weeks", { title: "Bins", due: on("2026-11-25"), repeat: by("FREQ=WEEKLY;INTERVAL=2") }],
  ["Bins every other tuesday", { due: on("2026-12-01"), repeat: by("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU") }],
  ["Bins every 2 weeks on tuesday", { due: on("2026-12-01"), repeat: by("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU") }],
  ["Rent every month on the 31st", { title: "Rent", due: on("2026-11-30"), repeat: by("FREQ=MONTHLY;BYMONTHDAY=31") }],
  ["Rent every 1st", { title: "Rent", due: on("2026-12-01"), repeat: by("FREQ=MONTHLY;BYMONTHDAY=1") }],
  ["Books every last day of the month", { due: on("2026-11-30"), repeat: by("FREQ=MONTHLY;BYMONTHDAY=-1") }],
  ["Meet every 2nd tuesday of the month", { due: on("2026-12-08"), repeat: by("FREQ=MONTHLY;BYDAY=2TU") }],
  ["Meet every month on the last friday", { due: on("2026-11-27"), repeat: by("FREQ=MONTHLY;BYDAY=-1FR") }],
  ["Taxes every 5 march", { due: on("2027-03-05"), repeat: by("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5") }],
  ["Invoice every month tomorrow 9am", { due: at("2026-11-26T09:00"), repeat: by("FREQ=MONTHLY;BYMONTHDAY=26") }],
  [
    "Water every 3 days after completion #home",
    { title: "Water", tags: ["home"], repeat: { rule: "FREQ=DAILY;INTERVAL=3", mode: "completion" } },
  ],
  ["Read every page", { title: "Read every page", due: null, repeat: null }],
  ["Meet every 32nd", { title: "Meet every 32nd", repeat: null }],
  ["Rest every 0 days", { title: "Rest every 0 days", repeat: null }],
  ["Milk, tomorrow, #shop", { title: "Milk", tags: ["shop"], due: on("2026-11-26") }],
]

describe("quick add", () => {
  it.each(table)("reads %j", (text, meaning) => {
    expect(parseQuickAdd(text, { now, zone })).toMatchObject(meaning)
  })

  it("says where each part stood", () => {
    const { tokens } = parseQuickAdd("Pay tomorrow 9am #home", { now, zone })
    expect(tokens.map((it) => [it.kind, it.text])).toEqual([
      ["date", "tomorrow"],
      ["time", "9am"],
      ["tag", "#home"],
    ])
  })

  it("leaves a part that was taken back in the title", () => {
    const draft = parseQuickAdd("Read tomorrow never dies", { now, zone, ignored: new Set(["tomorrow"]) })
    expect(draft).toMatchObject({ title: "Read tomorrow never dies", due: null })
  })

  it("stays quick on a long line", () => {
    const started = performance.now()
    parseQuickAdd("remind me in 5 at next ".repeat(500), { now, zone })
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
