// A device in another zone than its reader: noticed, asked about once for each zone, with the tasks that would move.
import { computed, signal } from "@preact/signals"
import { DAY, deviceZone, localAt } from "../time.ts"
import type { Task } from "../types.ts"
import { now } from "./clock.ts"
import { me } from "./session.ts"
import { tasks } from "./tasks.ts"

const STORED = "duely.zones-kept"

/** The zones to which the reader chose not to move. */
const kept = signal<ReadonlySet<string>>(read())

/** The device's zone, when its clocks differ from the reader's zone and the reader was not asked yet. */
export const foreignZone = computed(() => {
  const home = me.value?.timezone
  // The zone is read at every tick, because a laptop may be opened elsewhere.
  const here = now.value ? deviceZone() : null
  if (!home || !here || kept.value.has(keyOf(home, here))) return null
  return isSameClock(home, here, now.value) ? null : here
})

/** Whether the reader's days follow UTC only because this device does not know its zone, and nobody said that it is right. */
export const isZoneUnknown = computed(
  () => now.value > 0 && me.value?.timezone === "UTC" && deviceZone() === null && !kept.value.has(keyOf("UTC", "")),
)

/** The open tasks that depend on the reader's zone: those with a date and no time, or a time wherever the reader is. */
export const tasksThatFollow = computed<Task[]>(() =>
  [...tasks.value.values()].filter(
    (it) => it.status === "open" && !it.deleted_at && it.due && ("date" in it.due || it.due.zone === null),
  ),
)

export function keepZone(here: string): void {
  const home = me.peek()?.timezone ?? ""
  kept.value = new Set(kept.peek()).add(keyOf(home, here))
  try {
    localStorage.setItem(STORED, JSON.stringify([...kept.peek()]))
  } catch {
    // Storage may be blocked; the answer then lasts as long as this window.
  }
}

/** Tells whether two zones show the same time all year: two names of one zone are no journey. */
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
