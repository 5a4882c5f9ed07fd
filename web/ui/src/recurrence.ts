// Rules as the editor holds them: RRULE text to choices and back. A rule that the choices cannot express stays text.
import { weekdayOf } from "./time.ts"

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const
export type Weekday = (typeof WEEKDAYS)[number]
export type Unit = "day" | "week" | "month" | "year"
export type Mode = "schedule" | "completion"
export type End = { kind: "never" } | { kind: "on"; date: string } | { kind: "after"; count: string }

/** A rule as choices. Typed numbers stay text, because the server judges them. */
export interface Pattern {
  unit: Unit
  interval: string
  /** The days of a week; none means the day of the first date. */
  weekdays: Weekday[]
  /** The day of a month or a year: its 25th, its second Tuesday, its last day. */
  by: "day" | "nth" | "last"
  day: string
  /** 1 to 5, or -1 for the last. */
  nth: number
  weekday: Weekday
  /** The month of a year, 1 to 12. */
  month: number
  end: End
}

/** A repetition: everything about a series but its template. */
export interface Recurrence {
  rule: string
  mode: Mode
  month_end: "clamp" | "skip"
  /** Left out, the server chooses: "newest" for what comes more often than daily. */
  pile_up?: "all" | "newest"
  look_ahead_days: number
}

const FREQUENCY: Record<Unit, string> = { day: "DAILY", week: "WEEKLY", month: "MONTHLY", year: "YEARLY" }
const WORKDAYS: Weekday[] = ["MO", "TU", "WE", "TH", "FR"]

/** Returns the choices that `date` suggests: weekly on its weekday, monthly on its day. */
export function patternAt(date: string): Pattern {
  const day = Number(date.slice(8))
  return {
    unit: "week",
    interval: "1",
    weekdays: [weekdayAt(date)],
    by: "day",
    day: String(day),
    nth: day > 28 ? -1 : Math.ceil(day / 7),
    weekday: weekdayAt(date),
    month: Number(date.slice(5, 7)),
    end: { kind: "never" },
  }
}

export type PresetName = "daily" | "workdays" | "weekly" | "monthly" | "nth" | "last" | "yearly"

export function preset(name: PresetName, date: string): Pattern {
  const base = patternAt(date)
  const made: Record<PresetName, Partial<Pattern>> = {
    daily: { unit: "day" },
    workdays: { unit: "week", weekdays: WORKDAYS },
    weekly: { unit: "week" },
    monthly: { unit: "month" },
    nth: { unit: "month", by: "nth" },
    last: { unit: "month", by: "last" },
    yearly: { unit: "year" },
  }
  return { ...base, ...made[name] }
}

export const PRESETS: PresetName[] = ["daily", "workdays", "weekly", "monthly", "nth", "last", "yearly"]

/** Returns the preset that equals the pattern, whatever its end; undefined when none does. */
export function presetOf(pattern: Pattern, date: string): PresetName | undefined {
  const same = (it: Pattern) => ruleText({ ...it, end: { kind: "never" } }, "schedule")
  return PRESETS.find((name) => same(preset(name, date)) === same(pattern))
}

export function ruleText(pattern: Pattern, mode: Mode): string {
  const { unit, interval, end } = pattern
  const parts = [`FREQ=${FREQUENCY[unit]}`]
  if (interval !== "1") parts.push(`INTERVAL=${interval}`)
  // After completion only the interval counts.
  if (mode === "schedule") parts.push(...daysText(pattern))
  if (end.kind === "on") parts.push(`UNTIL=${end.date.replaceAll("-", "")}`)
  if (end.kind === "after") parts.push(`COUNT=${end.count}`)
  return parts.join(";")
}

function daysText({ unit, weekdays, by, day, nth, weekday, month }: Pattern): string[] {
  if (unit === "day") return []
  if (unit === "week") {
    const days = WEEKDAYS.filter((it) => weekdays.includes(it))
    return days.length > 0 ? [`BYDAY=${days.join(",")}`] : []
  }
  const within = { day: `BYMONTHDAY=${day}`, nth: `BYDAY=${nth}${weekday}`, last: "BYMONTHDAY=-1" }[by]
  return unit === "year" ? [`BYMONTH=${month}`, within] : [within]
}

/** Returns the choices that make `text`, for a series from `date` on; undefined when the choices cannot express it. */
export function readRule(text: string, mode: Mode, date: string): Pattern | undefined {
  const parts = partsOf(text)
  const unit = (Object.keys(FREQUENCY) as Unit[]).find((it) => FREQUENCY[it] === parts.get("FREQ"))
  if (!unit) return undefined
  const pattern = { ...patternAt(date), unit, weekdays: [], ...daysOf(parts), end: endOf(parts) }
  pattern.interval = parts.get("INTERVAL") ?? "1"
  if (parts.get("INTERVAL") === "1") parts.delete("INTERVAL")
  if (parts.get("WKST") === "MO") parts.delete("WKST")
  // A rule that names no day leaves its day, and its month, to the first date; one that does means it of every month.
  const namesDay = parts.has("BYDAY") || parts.has("BYMONTHDAY")
  if (mode === "schedule" && (unit === "month" || unit === "year") && !namesDay) {
    parts.set("BYMONTHDAY", pattern.day)
    if (unit === "year" && !parts.has("BYMONTH")) parts.set("BYMONTH", String(pattern.month))
  }
  return isSame(partsOf(ruleText(pattern, mode)), parts) ? pattern : undefined
}

/** Returns the pattern after the first date moved: days that followed the old date follow the new one. */
export function reanchor(pattern: Pattern, from: string, to: string): Pattern {
  const [old, fresh] = [patternAt(from), patternAt(to)]
  const moved = { ...pattern }
  if (pattern.weekdays.join() === old.weekdays.join()) moved.weekdays = fresh.weekdays
  if (pattern.day === old.day) moved.day = fresh.day
  if (pattern.nth === old.nth && pattern.weekday === old.weekday)
    Object.assign(moved, { nth: fresh.nth, weekday: fresh.weekday })
  if (pattern.month === old.month) moved.month = fresh.month
  return moved
}

function weekdayAt(date: string): Weekday {
  return WEEKDAYS[(weekdayOf(date) + 6) % 7] ?? "MO"
}

function partsOf(text: string): Map<string, string> {
  const bare = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, "")
  return new Map(bare.split(";").map((part) => [part.split("=", 1)[0] ?? "", part.slice(part.indexOf("=") + 1)]))
}

function daysOf(parts: Map<string, string>): Partial<Pattern> {
  const [byDay, byMonthDay] = [parts.get("BYDAY") ?? "", parts.get("BYMONTHDAY")]
  const [, nth, weekday] = /^([+-]?\d)([A-Z]{2})$/.exec(byDay) ?? []
  const month = parts.has("BYMONTH") ? { month: Number(parts.get("BYMONTH")) } : {}
  if (nth) return { by: "nth", nth: Number(nth), weekday: weekday as Weekday, ...month }
  if (byMonthDay === "-1") return { by: "last", ...month }
  if (/^\d+$/.test(byMonthDay ?? "")) return { by: "day", day: byMonthDay ?? "", ...month }
  return { weekdays: WEEKDAYS.filter((it) => byDay.split(",").includes(it)), ...month }
}

function endOf(parts: Map<string, string>): End {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(parts.get("UNTIL") ?? "") ?? []
  if (year) return { kind: "on", date: `${year}-${month}-${day}` }
  return parts.has("COUNT") ? { kind: "after", count: parts.get("COUNT") ?? "" } : { kind: "never" }
}

function isSame(one: Map<string, string>, other: Map<string, string>): boolean {
  const text = (parts: Map<string, string>) =>
    [...parts].map(([name, value]) => `${name}=${value.split(",").sort().join()}`).sort()
  return text(one).join(";") === text(other).join(";")
}
