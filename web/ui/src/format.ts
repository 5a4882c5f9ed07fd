// Times, spans and counts in words. Every function takes `now` and the zone as arguments.
import { addDays, DAY, dateAt, daysBetween, HOUR, instantAt, MINUTE, weekdayOf } from "./time.ts"
import type { Due } from "./types.ts"

const LANGUAGE = pickLanguage()
const HOUR_CYCLE = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hourCycle

/** Returns the reader's English, which orders day and month, or British English: the page speaks English only. */
function pickLanguage(): string {
  const spoken = typeof navigator === "undefined" ? [] : (navigator.languages ?? [])
  return spoken.find((it) => it.startsWith("en")) ?? "en-GB"
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(instant: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${zone}|${JSON.stringify(options)}`
  let known = formats.get(key)
  if (!known) {
    const cycle = options.hour ? { hourCycle: HOUR_CYCLE ?? "h23" } : {}
    known = new Intl.DateTimeFormat(LANGUAGE, { ...options, ...cycle, timeZone: zone })
    formats.set(key, known)
  }
  return known.format(instant)
}

export function timeLabel(instant: number, zone: string): string {
  const hour = HOUR_CYCLE === "h11" || HOUR_CYCLE === "h12" ? "numeric" : "2-digit"
  return format(instant, zone, { hour, minute: "2-digit" })
}

/** Returns a short date that is unambiguous from `today`: "Today", "Tomorrow", "Fri", "27 Nov", "27 Nov 2027". */
export function dayLabel(date: string, today: string): string {
  const days = daysBetween(today, date)
  if (days === 0) return "Today"
  if (days === 1) return "Tomorrow"
  if (days === -1) return "Yesterday"
  const noon = Date.parse(`${date}T12:00:00Z`)
  if (days > 1 && days < 7) return format(noon, "UTC", { weekday: "long" })
  const year = date.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: "numeric" } as const)
  return format(noon, "UTC", { day: "numeric", month: "short", ...year })
}

/** Returns the heading of a day: "Tomorrow", "Friday 27 November". */
export function dayHeading(date: string, today: string): string {
  const label = dayLabel(date, today)
  const noon = Date.parse(`${date}T12:00:00Z`)
  const long = format(noon, "UTC", { weekday: "long", day: "numeric", month: "long" })
  return Math.abs(daysBetween(today, date)) <= 1 ? `${label} · ${long}` : long
}

export function momentLabel(instant: number, zone: string, now: number): string {
  return `${dayLabel(dateAt(instant, zone), dateAt(now, zone))} ${timeLabel(instant, zone)}`
}

/** Returns a due on the reader's wall clock. */
export function dueLabel(due: Due, zone: string, now: number): string {
  if ("date" in due) return dayLabel(due.date, dateAt(now, zone))
  return momentLabel(instantAt(due.local, due.zone ?? zone), zone, now)
}

/** Returns a date of a series in its own zone, whatever today is: "Mon 30 Nov 2026 09:00". */
export function slotLabel({
  local,
  date,
  zone,
  at,
}: {
  local?: string | null
  date?: string | null
  zone: string
  at: string
}): string {
  const day = { weekday: "short", day: "numeric", month: "short", year: "numeric" } as const
  if (!local) return format(Date.parse(`${date}T12:00:00Z`), "UTC", day)
  return `${format(Date.parse(`${local.slice(0, 10)}T12:00:00Z`), "UTC", day)} ${timeLabel(Date.parse(at), zone)}`
}

/** Returns a slot by its name alone, as the rule gives it: "2026-11-30T09:00" → "Mon 30 Nov 2026 09:00". */
export function nominalLabel(slot: string): string {
  const [date, time] = slot.split("T")
  return slotLabel({ zone: "UTC", at: `${date}T${time ?? "00:00"}Z`, ...(time ? { local: slot } : { date: slot }) })
}

export function spanLabel(milliseconds: number): string {
  const span = Math.abs(milliseconds)
  if (span < MINUTE) return `${Math.max(1, Math.round(span / 1000))} s`
  if (span < HOUR) return `${Math.round(span / MINUTE)} min`
  if (span < DAY) return `${trim(span / HOUR)} h`
  return count(Math.round(span / DAY), "day")
}

export function agoLabel(instant: number, now: number): string {
  const span = now - instant
  if (Math.abs(span) < 10_000) return "just now"
  return span > 0 ? `${spanLabel(span)} ago` : `in ${spanLabel(span)}`
}

/** Returns an offset in words: "30 min before", "at the due time", "1 day before". */
export function offsetLabel(minutes: number): string {
  if (minutes === 0) return "At the due time"
  return `${offsetSpan(minutes)} before`
}

function offsetSpan(minutes: number): string {
  if (minutes % (7 * 1440) === 0) return count(minutes / (7 * 1440), "week")
  if (minutes % 1440 === 0) return count(minutes / 1440, "day")
  if (minutes % 60 === 0) return count(minutes / 60, "hour")
  return `${minutes} min`
}

export function lateLabel(seconds: number): string {
  return `${spanLabel(seconds * 1000)} late`
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`
}

/** Returns the next Monday strictly after `today`. */
export function nextMonday(today: string): string {
  return addDays(today, (8 - weekdayOf(today)) % 7 || 7)
}

function trim(number: number): string {
  return String(Math.round(number * 10) / 10)
}
