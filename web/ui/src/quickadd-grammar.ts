// The clauses that quick add understands, in order of preference: a pattern and its meaning. English only.
import { DAY_MINUTES, type Distance, MOST_BEFORE } from "./offsets.ts"
import { type Repeat, repeatForms } from "./quickadd-repeat.ts"
import { addDays, addMonths, isDate, weekdayOf } from "./time.ts"
import type { Priority } from "./types.ts"

export type Meaning =
  | { kind: "date"; date: string; time?: string }
  | { kind: "time"; time: string }
  | { kind: "moment"; minutes: number }
  | { kind: "reminder"; distance: Distance }
  | { kind: "reminder"; time: string; date?: string }
  | { kind: "none" }
  | { kind: "priority"; priority: Priority }
  | { kind: "tag"; tag: string }
  | Repeat

export interface Context {
  today: string
  /** The part just before is a date, or days that repeat. */
  follows: boolean
  /** The text after the match. */
  tail: string
}

export interface Clause {
  pattern: RegExp
  read: (match: RegExpExecArray, context: Context) => Meaning | undefined
}

const END = String.raw`(?=$|[\s,.;:)!?])`
const UNIT = String.raw`(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)`
const NUMBER = String.raw`(\d{1,4}|an?|one|two|three|four|five|ten|half an)`
const CLOCK = String.raw`(\d{1,2})(?:[:.](\d{2}))?\s?(am|pm)|([01]?\d|2[0-3]):([0-5]\d)|(noon|midnight)`
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const MONTH = String.raw`(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
const WORDS: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  ten: 10,
  "half an": 0.5,
}
const PRIORITIES: Record<string, Priority> = {
  "1": "urgent",
  "2": "high",
  "3": "medium",
  "4": "low",
  urgent: "urgent",
  high: "high",
  medium: "medium",
  med: "medium",
  low: "low",
}
const DAY_PARTS: Record<string, string> = { morning: "09:00", afternoon: "15:00", evening: "19:00", night: "21:00" }

function clause(source: string, read: Clause["read"]): Clause {
  return { pattern: new RegExp(source + END, "iuy"), read }
}

export const clauses: Clause[] = [
  clause(String.raw`#([\p{L}\p{N}][\p{L}\p{N}_\-/]{0,29})`, ([, tag = ""]) => ({ kind: "tag", tag })),
  clause(String.raw`(?:!|p(?=\d))(urgent|high|medium|med|low|[1-4])`, ([, name = ""]) =>
    ofMaybe(PRIORITIES[name.toLowerCase()], (priority) => ({ kind: "priority", priority })),
  ),
  clause(String.raw`(?:no reminders?|don'?t remind(?: me)?)`, () => ({ kind: "none" })),
  clause(String.raw`remind(?:er)?(?: me)? ${NUMBER}\s?${UNIT}(?: (?:before|early|ahead))?`, ([, number, unit]) => ({
    kind: "reminder",
    distance: before(amount(number), unit),
  })),
  clause(String.raw`remind(?:er)?(?: me)? (?:(today|tomorrow) )?(?:at )?(?:${CLOCK})`, ([, day, ...clock], { today }) =>
    ofMaybe(clockTime(clock), (time) => ({
      kind: "reminder",
      time,
      ...(day ? { date: addDays(today, day.toLowerCase() === "tomorrow" ? 1 : 0) } : {}),
    })),
  ),
  clause("remind(?:er)?(?: me)? (?:when due|at due time|on time)", () => ({
    kind: "reminder",
    distance: { days: 0, minutes: 0 },
  })),
  ...repeatForms.map(([source, read]) => clause(source, ([, ...groups], { today }) => read(groups, today))),
  clause(String.raw`in ${NUMBER}\s?${UNIT}`, ([, number, unit = ""], { today }) => {
    if (/^(min|m$|h)/i.test(unit)) return { kind: "moment", minutes: amount(number) * unitMinutes(unit) }
    if (/^month/i.test(unit)) return { kind: "date", date: addMonths(today, Math.ceil(amount(number))) }
    return { kind: "date", date: addDays(today, Math.ceil(amount(number)) * (/^w/i.test(unit) ? 7 : 1)) }
  }),
  clause(String.raw`(today|tod|tonight|tomorrow|tmrw?|tom)`, ([, word = ""], { today }) =>
    dayWord(word.toLowerCase(), today),
  ),
  clause(String.raw`(?:(on|by|next|this) )?(sun|mon|tues?|wednes|wed|thurs?|thu|fri|satur|sat)(day)?`, readWeekday),
  clause("(?:(?:on|this) )?(?:the )?weekend", (_, { today }) => ({ kind: "date", date: comingDay(6, today) })),
  clause("next (week|month)", ([, span = ""], { today }) => ({
    kind: "date",
    date: span.toLowerCase() === "week" ? comingDay(1, today) : addMonths(`${today.slice(0, 8)}01`, 1),
  })),
  clause(String.raw`(?:(?:on|by) )?(\d{4}-\d{2}-\d{2})`, ([, date = ""]) =>
    isDate(date) ? { kind: "date", date } : undefined,
  ),
  clause(
    String.raw`(?:(?:on|by) )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH}(?:,? (\d{4}))?`,
    ([, day, month, year], { today }) => calendarDay(day, month, year, today),
  ),
  clause(
    String.raw`(?:(?:on|by) )?${MONTH} (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?`,
    ([, month, day, year], { today }) => calendarDay(day, month, year, today),
  ),
  clause(String.raw`(?:at |by |@)?(?:${CLOCK})`, ([, ...clock]) =>
    ofMaybe(clockTime(clock), (time) => ({ kind: "time", time })),
  ),
  clause(String.raw`(?:at |@)(\d{1,2})`, ([, hour = ""]) =>
    Number(hour) < 24 ? { kind: "time", time: `${pad(hour)}:00` } : undefined,
  ),
  clause("(?:(this|in the) )?(morning|afternoon|evening|night)", ([, lead, part = ""], { follows, today }) => {
    const time = DAY_PARTS[part.toLowerCase()]
    if (!time || !(follows || lead)) return undefined
    return follows ? { kind: "time", time } : { kind: "date", date: today, time }
  }),
]

function dayWord(word: string, today: string): Meaning {
  if (word === "tonight") return { kind: "date", date: today, time: "20:00" }
  return { kind: "date", date: addDays(today, word.startsWith("tod") ? 0 : 1) }
}

/** Reads a weekday. "sun" and "sat" are words too: short names count after on/by/next/this, at the end, or before a time. */
function readWeekday([, lead, name = "", day]: RegExpExecArray, { today, tail }: Context): Meaning | undefined {
  const index = DAYS.findIndex((it) => it.startsWith(name.toLowerCase()))
  const clear = day || lead || /^\s*($|[,#!]|at |@|\d{1,2}(:\d\d|\s?[ap]m))/i.test(tail)
  if (index < 0 || !clear) return undefined
  const date = comingDay(index, today)
  return { kind: "date", date: lead?.toLowerCase() === "next" ? nextWeeks(date, today) : date }
}

/** Returns the day in next week: "next friday" on a Wednesday is nine days ahead; weeks begin on Monday. */
function nextWeeks(date: string, today: string): string {
  return date >= comingDay(1, today) ? date : addDays(date, 7)
}

function comingDay(weekday: number, today: string): string {
  return addDays(today, (weekday - weekdayOf(today) + 7) % 7 || 7)
}

function calendarDay(day = "", month = "", year: string | undefined, today: string): Meaning | undefined {
  const number = MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1
  const inYear = (it: string) => `${it}-${pad(number)}-${pad(day)}`
  const date = inYear(year ?? today.slice(0, 4))
  if (!isDate(date)) return undefined
  return { kind: "date", date: year || date >= today ? date : inYear(String(Number(today.slice(0, 4)) + 1)) }
}

function clockTime(parts: (string | undefined)[]): string | undefined {
  const [hour12, minutes12, half, hour24, minutes24, word] = parts
  if (word) return word.toLowerCase() === "noon" ? "12:00" : "00:00"
  if (hour24) return `${pad(hour24)}:${minutes24}`
  const hour = Number(hour12)
  if (hour < 1 || hour > 12 || Number(minutes12 ?? 0) > 59) return undefined
  return `${pad((hour % 12) + (half?.toLowerCase() === "pm" ? 12 : 0))}:${minutes12 ?? "00"}`
}

function amount(text = ""): number {
  return WORDS[text.toLowerCase()] ?? Number(text)
}

/** Returns so long before the due, as long as a reminder may be: whole days and weeks on the wall. */
function before(number: number, unit = ""): Distance {
  const minutes = Math.min(Math.round(number * unitMinutes(unit)), MOST_BEFORE)
  const inDays = unitMinutes(unit) >= DAY_MINUTES && minutes % DAY_MINUTES === 0
  return inDays ? { days: -minutes / DAY_MINUTES, minutes: 0 } : { days: 0, minutes: -minutes }
}

function unitMinutes(unit = ""): number {
  const name = unit.toLowerCase()
  if (name.startsWith("month")) return 43_200
  if (name.startsWith("m")) return 1
  if (name.startsWith("h")) return 60
  return name.startsWith("d") ? 1440 : 10_080
}

function pad(number: string | number): string {
  return String(number).padStart(2, "0")
}

function ofMaybe<T, R>(value: T | undefined, then: (value: T) => R): R | undefined {
  return value === undefined ? undefined : then(value)
}
