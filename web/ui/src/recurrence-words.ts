// A rule in a few words, for chips and lists of choices; the server makes the whole sentence.
import { dayLabel } from "./format.ts"
import { type Mode, type Pattern, type PresetName, preset, readRule, WEEKDAYS, type Weekday } from "./recurrence.ts"

export const DAY_NAMES: Record<Weekday, string> = {
  MO: "Monday",
  TU: "Tuesday",
  WE: "Wednesday",
  TH: "Thursday",
  FR: "Friday",
  SA: "Saturday",
  SU: "Sunday",
}
export const MONTH_NAMES = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
]
export const NTH_NAMES: [nth: number, name: string][] = [
  [1, "first"],
  [2, "second"],
  [3, "third"],
  [4, "fourth"],
  [5, "fifth"],
  [-1, "last"],
]

/** Returns a pattern in words without its end: "Every 2 weeks on Mon, Thu", "Monthly on the 31st". */
export function patternWords(pattern: Pattern, mode: Mode): string {
  const every = everyWords(pattern)
  if (mode === "completion") return `${every} after completion`
  const on = { day: () => "", week: weekWords, month: monthWords, year: yearWords }[pattern.unit](pattern)
  return on === "weekday" ? "Every weekday" : `${every}${on}`
}

export function ruleWords(rule: string, mode: Mode, date: string): string {
  const pattern = readRule(rule, mode, date)
  return pattern ? patternWords(pattern, mode) : "By a rule of its own"
}

export function presetWords(name: PresetName, date: string): string {
  return patternWords(preset(name, date), "schedule")
}

export function ordinal(number: number): string {
  const teen = number % 100 > 10 && number % 100 < 14
  return `${number}${(teen ? undefined : ["", "st", "nd", "rd"][number % 10]) || "th"}`
}

/** Returns the end in words: "until 31 Mar 2027", "5 times", or an empty text. */
export function endWords({ end }: Pattern, today: string): string {
  if (end.kind === "on") return `until ${dayLabel(end.date, today)}`
  return end.kind === "after" ? `${end.count} times` : ""
}

function everyWords({ interval, unit }: Pattern): string {
  return interval === "1" ? `Every ${unit}` : `Every ${interval} ${unit}s`
}

function weekWords({ weekdays, interval }: Pattern): string {
  const days = WEEKDAYS.filter((it) => weekdays.includes(it))
  if (interval === "1" && days.join() === "MO,TU,WE,TH,FR") return "weekday"
  if (days.length === 0) return ""
  return ` on ${days.map((it) => (days.length > 1 ? DAY_NAMES[it].slice(0, 3) : DAY_NAMES[it])).join(", ")}`
}

function monthWords({ by, day, nth, weekday }: Pattern): string {
  if (by === "last") return " on the last day"
  if (by === "day") return ` on the ${ordinal(Number(day))}`
  return ` on the ${NTH_NAMES.find(([it]) => it === nth)?.[1] ?? nth} ${DAY_NAMES[weekday]}`
}

function yearWords(pattern: Pattern): string {
  const month = MONTH_NAMES[pattern.month - 1] ?? ""
  return pattern.by === "day" ? ` on ${pattern.day} ${month}` : `${monthWords(pattern)} of ${month}`
}
