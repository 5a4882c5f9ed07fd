// Rules and the choices of the editor: there and back, what the first date suggests, and a few words for each.
import { describe, expect, it } from "vitest"
import { type Pattern, patternAt, preset, presetOf, readRule, reanchor, ruleText } from "../src/recurrence.ts"
import { endWords, ordinal, patternWords, presetWords, ruleWords } from "../src/recurrence-words.ts"

// A Wednesday.
const date = "2026-11-25"

describe("a rule", () => {
  it.each([
    ["FREQ=DAILY"],
    ["FREQ=DAILY;INTERVAL=3;COUNT=5"],
    ["FREQ=WEEKLY"],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270331"],
    ["FREQ=MONTHLY;BYMONTHDAY=31"],
    ["FREQ=MONTHLY;BYMONTHDAY=-1"],
    ["FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU"],
    ["FREQ=MONTHLY;BYDAY=-1FR;COUNT=12"],
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"],
    ["FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"],
  ])("%s goes into choices and comes out the same", (rule) => {
    expect(ruleText(readRule(rule, "schedule", date) as Pattern, "schedule")).toBe(rule)
  })

  it.each([
    ["rrule:freq=weekly;byday=fr,mo", "FREQ=WEEKLY;BYDAY=MO,FR"],
    ["FREQ=DAILY;INTERVAL=1;WKST=MO", "FREQ=DAILY"],
    ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=25"],
    ["FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=25"],
  ])("%s means %s", (rule, same) => {
    expect(ruleText(readRule(rule, "schedule", date) as Pattern, "schedule")).toBe(same)
  })

  it.each([
    "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "FREQ=MONTHLY;BYDAY=1MO,3MO",
    "FREQ=MONTHLY;BYMONTHDAY=-2",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU",
    "FREQ=DAILY;UNTIL=20270331T090000Z",
    "FREQ=HOURLY",
    "FREQ=YEARLY;BYDAY=2TU",
    "FREQ=YEARLY;BYMONTHDAY=15",
    "FREQ=DAILY;BYDAY=MO",
    "FREQ=MONTHLY;BYDAY=MO",
    "FREQ=WEEKLY;BYDAY=MO\nEXDATE:20270104T090000",
    "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1",
    "every day",
    "",
  ])("%j is beyond the choices and stays text", (rule) => {
    expect(readRule(rule, "schedule", date)).toBeUndefined()
  })

  it("after completion says the interval alone", () => {
    const pattern = preset("monthly", date)
    expect(ruleText({ ...pattern, interval: "2" }, "completion")).toBe("FREQ=MONTHLY;INTERVAL=2")
    expect(readRule("FREQ=MONTHLY;INTERVAL=2", "completion", date)?.interval).toBe("2")
  })

  it("keeps what was typed wrong, for the server to say so", () => {
    expect(ruleText({ ...patternAt(date), interval: "" }, "schedule")).toBe("FREQ=WEEKLY;INTERVAL=;BYDAY=WE")
  })
})

describe("the first date", () => {
  it("suggests the presets, and each is found again", () => {
    for (const name of ["daily", "workdays", "weekly", "monthly", "nth", "last", "yearly"] as const)
      expect(presetOf({ ...preset(name, date), end: { kind: "after", count: "3" } }, date)).toBe(name)
    expect(presetOf({ ...preset("daily", date), interval: "2" }, date)).toBeUndefined()
  })

  it("takes along what followed it, and nothing else", () => {
    expect(reanchor(preset("weekly", date), date, "2026-11-27").weekdays).toEqual(["FR"])
    expect(reanchor(preset("workdays", date), date, "2026-11-27").weekdays).toHaveLength(5)
    expect(reanchor({ ...preset("monthly", date), day: "31" }, date, "2026-12-01").day).toBe("31")
    expect(reanchor(preset("yearly", date), date, "2026-12-01")).toMatchObject({ day: "1", month: 12 })
  })
})

describe("in words", () => {
  it.each([
    ["FREQ=DAILY", "Every day"],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "Every 2 weeks on Mon, Thu"],
    ["FREQ=MONTHLY;BYMONTHDAY=31", "Every month on the 31st"],
    ["FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "Every 3 months on the last day"],
    ["FREQ=MONTHLY;BYDAY=2TU", "Every month on the second Tuesday"],
    ["FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5", "Every year on 5 November"],
    ["FREQ=MONTHLY;BYMONTHDAY=1,15", "By a rule of its own"],
  ])("%s is %s", (rule, words) => {
    expect(ruleWords(rule, "schedule", date)).toBe(words)
  })

  it("says after completion, how it ends, and which day", () => {
    expect(patternWords({ ...preset("daily", date), interval: "3" }, "completion")).toBe(
      "Every 3 days after completion",
    )
    expect(presetWords("nth", date)).toBe("Every month on the fourth Wednesday")
    expect(endWords({ ...patternAt(date), end: { kind: "after", count: "5" } }, date)).toBe("5 times")
    expect([1, 2, 3, 4, 11, 12, 13, 21, 31].map(ordinal).join(" ")).toBe("1st 2nd 3rd 4th 11th 12th 13th 21st 31st")
  })
})
