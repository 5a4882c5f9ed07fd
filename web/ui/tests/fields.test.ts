// The words of the activity log for a change: of a list only what came, went or changed.
import { expect, it } from "vitest"
import { difference, fieldText, typeWords } from "../src/fields.ts"

const around = { zone: "Europe/Paris", now: Date.parse("2026-11-25T09:00:00Z") }
const step = (text: string, done = false) => ({ id: text, text, done })

it.each([
  ["title", "Pay", "Pay rent", { old: ["Pay"], new: ["Pay rent"] }],
  ["due", null, { date: "2026-11-26" }, { old: ["nothing"], new: ["Tomorrow"] }],
  [
    "start",
    { local: "2026-11-26T09:00", zone: "Europe/Paris" },
    { local: "2026-11-26T09:00", zone: null },
    {
      old: [expect.stringMatching(/^Tomorrow .+ \(Europe\/Paris\)$/)],
      new: [expect.stringMatching(/\(wherever you are\)$/)],
    },
  ],
  ["tags", ["home"], ["home", "money"], { old: [], new: ["money"] }],
  ["checklist", [step("a"), step("b")], [step("a", true), step("b")], { old: ["☐ a"], new: ["☑ a"] }],
  ["reminders", [{ offset_minutes: 30 }], [], { old: ["30 min before"], new: [] }],
])("%s: %j → %j", (field, old, fresh, expected) => {
  expect(difference(field, old, fresh, around)).toEqual(expected)
})

it("words the reminders of a task without a time by their time of day", () => {
  const evening = [{ offset: "P-1DT660M" }]
  expect(difference("reminders", [], evening, { ...around, isAllDay: true }).new).toEqual(["1 day before at 20:00"])
})

it("words an empty value", () => {
  expect(["description", "due", "tags"].map((it) => fieldText(it, it === "tags" ? [] : "", around))).toEqual([
    "nothing",
    "nothing",
    "none",
  ])
})

it("words an event that this page does not know", () => {
  expect(typeWords("list.sorted-anew")).toBe("list sorted anew")
})
