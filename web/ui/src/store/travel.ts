// A device in another zone than its person's: noticed, asked about once a zone, and what would move.
import { computed, signal } from "@preact/signals"
import { browserZone, DAY, localAt } from "../time.ts"
import type { Task } from "../types.ts"
import { now } from "./clock.ts"
import { me } from "./session.ts"
import { tasks } from "./tasks.ts"

const STORED = "duely.zones-kept"

/** Zones that the reader said no to, while at home in another. */
const kept = signal<ReadonlySet<string>>(read())

/** The device's zone, when its clocks differ from those of the reader's zone and the reader was not asked yet. */
export const foreignZone = computed(() => {
  const home = me.value?.timezone
  // Read anew with every tick: a laptop is opened elsewhere.
  const here = now.value && browserZone()
  if (!home || !here || kept.value.has(keyOf(home, here))) return null
  return isSameClock(home, here, now.value) ? null : here
})

/** What counts by the reader's own zone: open tasks that have a date and no time. */
export const dateOnlyTasks = computed<Task[]>(() =>
  [...tasks.value.values()].filter((it) => it.status === "open" && !it.deleted_at && it.due && "date" in it.due),
)

export function keepZone(here: string): void {
  const home = me.peek()?.timezone ?? ""
  kept.value = new Set(kept.peek()).add(keyOf(home, here))
  try {
    localStorage.setItem(STORED, JSON.stringify([...kept.peek()]))
  } catch {
    // Storage may be blocked: then it lasts as long as this window.
  }
}

/** Two names of one zone, or two zones that agree all year, are no journey. */
export function isSameClock(one: string, other: string, instant: number): boolean {
  if (one === other) return true
  const days = [0, 61, 122, 183, 244, 305]
  return days.every((it) => localAt(instant + it * DAY, one) === localAt(instant + it * DAY, other))
}

function keyOf(home: string, here: string): string {
  return `${home} ${here}`
}

function read(): ReadonlySet<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(STORED) ?? "[]"))
  } catch {
    return new Set()
  }
}
