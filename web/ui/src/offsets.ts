// How far reminders are from a due: days on the wall (`offset`, an ISO 8601 duration) or elapsed minutes (`offset_minutes`).
import { count } from "./format.ts"
import type { ReminderInput } from "./types.ts"

/** One of both; as the API answers it, the other may be null. */
export interface Offset {
  offset?: string | null
  offset_minutes?: number | null
}

/** A distance from the due, negative before it: days on the wall, then elapsed minutes. */
export interface Distance {
  days: number
  minutes: number
}

export type OffsetInput = { offset: string } | { offset_minutes: number }

const DAY_MINUTES = 1440
const MOST_BEFORE = 365 * DAY_MINUTES
const MOST_AFTER = 30 * DAY_MINUTES
/** All-day tasks count from nine o'clock. */
const NINE = 9 * 60

const DURATION = /^([+-]?)P(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?)?$/

export function distanceOf({ offset, offset_minutes }: Offset): Distance {
  if (!offset) return { days: 0, minutes: -(offset_minutes ?? 0) }
  const [, sign, ...numbers] = DURATION.exec(offset) ?? []
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = numbers.map((it) =>
    it ? Number(it) * (sign === "-" ? -1 : 1) : 0,
  )
  return { days: 7 * weeks + days, minutes: 60 * hours + minutes }
}

/** Returns the form in which a distance is sent: in elapsed minutes unless it has days. */
export function offsetOf({ days, minutes }: Distance): OffsetInput {
  if (days === 0) return { offset_minutes: minutes === 0 ? 0 : -minutes }
  const sign = days < 0 && minutes <= 0 ? -1 : 1
  const [date, clock] = [days * sign, minutes * sign]
  return { offset: `${sign < 0 ? "-" : ""}P${date}D${clock === 0 ? "" : `T${clock}M`}` }
}

export function isWithinLimits({ days, minutes }: Distance): boolean {
  const distance = days * DAY_MINUTES + minutes
  return Number.isInteger(distance) && distance >= -MOST_BEFORE && distance <= MOST_AFTER
}

/** Returns the one of both forms that a reminder has, without the rest of it. */
export function offsetPart({ offset, offset_minutes }: Offset): OffsetInput {
  return offset ? { offset } : { offset_minutes: offset_minutes ?? 0 }
}

export function isOffset(input: ReminderInput): input is { id?: string } & OffsetInput {
  return !("at" in input)
}

export function isSameOffset(one: Offset, other: Offset): boolean {
  return JSON.stringify(offsetPart(one)) === JSON.stringify(offsetPart(other))
}

/** Returns so many days on the wall for elapsed minutes that are whole days; undefined for everything else. */
export function asDays({ offset, offset_minutes }: Offset): OffsetInput | undefined {
  if (offset || !offset_minutes || offset_minutes % DAY_MINUTES !== 0) return undefined
  return offsetOf({ days: -offset_minutes / DAY_MINUTES, minutes: 0 })
}

/** Returns the distance of a reminder of an all-day task: so many days from it, at that time ("20:00"). */
export function atTimeOfDay(days: number, time: string): Distance {
  return { days, minutes: Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) - NINE }
}

/** Returns an offset in words: "30 min before", "1 day before", "24 hours before"; "1 day before at 20:00" if all day. */
export function offsetLabel(it: Offset, isAllDay = false): string {
  const { days, minutes } = distanceOf(it)
  const onTheDay = NINE + minutes
  if (isAllDay && onTheDay >= 0 && onTheDay < DAY_MINUTES) return `${dayWords(days)} at ${clockWords(onTheDay)}`
  if (days === 0) return minutes === 0 ? "At the due time" : `${elapsedWords(Math.abs(minutes))} ${side(minutes)}`
  if (minutes === 0) return `${nominalWords(Math.abs(days))} ${side(days)}`
  const both = days < 0 === minutes < 0
  const [date, clock] = [nominalWords(Math.abs(days)), elapsedWords(Math.abs(minutes))]
  return both
    ? `${date} and ${clock} ${side(days)}`
    : `${date} ${side(days)}, ${clock} ${minutes < 0 ? "earlier" : "later"}`
}

function side(distance: number): string {
  return distance < 0 ? "before" : "after"
}

function dayWords(days: number): string {
  return days === 0 ? "On the day" : `${nominalWords(Math.abs(days))} ${side(days)}`
}

function nominalWords(days: number): string {
  return days % 7 === 0 ? count(days / 7, "week") : count(days, "day")
}

function elapsedWords(minutes: number): string {
  return minutes % 60 === 0 ? count(minutes / 60, "hour") : `${minutes} min`
}

function clockWords(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((it) => String(it).padStart(2, "0")).join(":")
}
