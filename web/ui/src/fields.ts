// The fields of a task in words, and the difference between two values of one.
import { dueLabel, momentLabel } from "./format.ts"
import { offsetLabel } from "./offsets.ts"
import type { ChecklistItem, Due, Reminder } from "./types.ts"

export interface Around {
  zone: string
  now: number
  /** Of a task without a time the reminders are at a time of day. */
  isAllDay?: boolean
}

/** Returns a whole value in words: "Tomorrow 09:00", "home, money", "nothing". */
export function fieldText(field: string, value: unknown, around: Around): string {
  if (value === null || value === undefined || value === "") return "nothing"
  if (field === "due" || field === "start") return dueLabel(value as Due, around.zone, around.now)
  if (!Array.isArray(value)) return String(value)
  return value.length === 0 ? "none" : value.map((it) => itemText(field, it, around)).join(", ")
}

export interface Difference {
  old: string[]
  new: string[]
}

/** Returns what came, went or changed in a list; for anything else both values. */
export function difference(field: string, old: unknown, fresh: unknown, around: Around): Difference {
  if (!Array.isArray(old) || !Array.isArray(fresh))
    return apart({ old: [fieldText(field, old, around)], new: [fieldText(field, fresh, around)] }, old, fresh)
  const [before, after] = [old, fresh].map((list) => list.map((it) => itemText(field, it, around))) as [
    string[],
    string[],
  ]
  return { old: before.filter((it) => !after.includes(it)), new: after.filter((it) => !before.includes(it)) }
}

/** Names the zones of two times that read the same and differ in their zone alone. */
function apart(both: Difference, old: unknown, fresh: unknown): Difference {
  if (both.old.join() !== both.new.join()) return both
  return { old: both.old.map((it) => it + placeText(old)), new: both.new.map((it) => it + placeText(fresh)) }
}

function placeText(value: unknown): string {
  const zone = value && typeof value === "object" && "zone" in value ? value.zone : undefined
  return zone === undefined ? "" : ` (${zone ?? "wherever you are"})`
}

function itemText(field: string, item: unknown, { zone, now, isAllDay }: Around): string {
  if (field === "checklist") {
    const { text, done } = item as ChecklistItem
    return `${done ? "☑" : "☐"} ${text}`
  }
  if (field !== "reminders") return String(item)
  const reminder = item as Reminder
  return reminder.at ? momentLabel(Date.parse(reminder.at), zone, now) : offsetLabel(reminder, isAllDay).toLowerCase()
}

/** Returns words for a type that only a newer server knows: "list.sorted-anew" → "list sorted anew". */
export function typeWords(type: string): string {
  return type.replace(/[^a-z0-9]+/gi, " ").trim()
}
