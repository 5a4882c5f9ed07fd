// Opening and closing the drawer; the focus returns to where it came from.
import { get, Refused, Unreachable } from "../api.ts"
import type { Task } from "../types.ts"
import { go, openTaskId } from "./route.ts"
import { confirm, tasks } from "./tasks.ts"
import { show } from "./toasts.ts"

let cameFrom: HTMLElement | null = null

export function openTask(id: string): void {
  if (!openTaskId.peek()) cameFrom = document.activeElement as HTMLElement | null
  go({ taskId: id })
}

export function closeTask(): void {
  if (!openTaskId.peek()) return
  const row = document.querySelector<HTMLElement>(`[data-task="${CSS.escape(openTaskId.peek() ?? "")}"] .task-title`)
  go({ taskId: null })
  const back = row ?? cameFrom
  if (back?.isConnected) back.focus()
  cameFrom = null
}

/** Loads a task that is named in the address or a notification and may not be in any list yet. */
export async function fetchOpenTask(id: string): Promise<void> {
  if (tasks.peek().has(id)) return
  try {
    confirm([await get<Task>(`/tasks/${id}`)])
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
    const gone = error instanceof Refused && error.problem.status === 404
    show({
      kind: "problem",
      text: gone ? "This task is gone for good" : "The task could not be opened",
      detail: gone ? "" : error.message,
    })
    go({ taskId: null }, true)
  }
}
