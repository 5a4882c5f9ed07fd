// A task that repeats, from the start or later, when it becomes the first occurrence.
import { call, Refused, Unreachable } from "../api.ts"
import { newId } from "../ids.ts"
import type { Recurrence } from "../recurrence.ts"
import type { Due, Series, Task } from "../types.ts"
import { quote } from "./changes.ts"
import { confirmSeries } from "./series.ts"
import { confirm } from "./tasks.ts"
import { show } from "./toasts.ts"

/** Makes a task repeat: it becomes the first occurrence, with all that is in it. The caller shows Refused and Unreachable. */
export async function makeRepeating(task: Task, due: Due, recurrence: Recurrence): Promise<void> {
  const body = isSameDue(due, task.due) ? { recurrence } : { due, recurrence }
  const { value } = await call<Task>("PATCH", `/tasks/${task.id}`, { key: newId(), body })
  confirm([value])
  show({ kind: "done", text: `${quote(task)} repeats from now on` })
}

/** Deletes the series of a task that was just made, with its tasks; returns whether that was done. */
export async function takeBack({ series_id }: Task): Promise<boolean> {
  try {
    const { value } = await call<Series>("DELETE", `/series/${series_id}?occurrences=delete`)
    confirmSeries([value])
    return true
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
    show({ kind: "problem", text: "This could not be undone", detail: error.message })
    return false
  }
}

function isSameDue(one: Due | null, other: Due | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
