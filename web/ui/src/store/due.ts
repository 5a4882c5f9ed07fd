// The due of a task in the reader's zone, computed once for each due and zone.
import { addDays, dateAt, instantAt } from "../time.ts"
import type { Due, Task } from "../types.ts"

interface Falls {
  /** The reader's date on which the task is due. */
  date: string
  /** The instant from which an open task is overdue. */
  overdueFrom: number
  /** The order within a list; dates without an hour come after the hours of their day. */
  order: number
}

const known = new WeakMap<Due, { zone: string; falls: Falls }>()

export function fallsOf(due: Due, zone: string): Falls {
  const hit = known.get(due)
  if (hit?.zone === zone) return hit.falls
  const falls = workOut(due, zone)
  known.set(due, { zone, falls })
  return falls
}

export function isOverdue(task: Task, zone: string, now: number): boolean {
  return task.status === "open" && task.due !== null && fallsOf(task.due, zone).overdueFrom <= now
}

function workOut(due: Due, zone: string): Falls {
  if ("date" in due) {
    const overdueFrom = instantAt(`${addDays(due.date, 1)}T00:00`, zone)
    return { date: due.date, overdueFrom, order: overdueFrom - 1 }
  }
  const instant = instantAt(due.local, due.zone ?? zone)
  return { date: dateAt(instant, zone), overdueFrom: instant, order: instant }
}
