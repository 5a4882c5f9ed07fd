// The firings of a reminder: the one at its own time, and the one it was snoozed to.
import type { Reminder } from "./types.ts"

type Firing = NonNullable<Reminder["firings"]>[number]

/** Returns the firings; a reminder of an early release shows the newest one itself. */
export function firingsOf(reminder: Reminder): Firing[] {
  return reminder.firings ?? [{ ...reminder, snoozed: reminder.snoozed_until !== null }]
}

/** Tells whether it has fired, and that was neither acknowledged nor snoozed. */
export function isUnanswered(reminder: Reminder): boolean {
  return firingsOf(reminder).some((it) => it.status === "fired" && !it.acknowledged_at)
}

/** Returns the times at which it is to fire, the next first. */
export function timesAhead(reminder: Reminder): Firing[] {
  const ahead = firingsOf(reminder).filter((it) => it.status === "pending")
  return ahead.sort((one, other) => Date.parse(one.fire_at ?? "") - Date.parse(other.fire_at ?? ""))
}
