// The tasks that this window knows: what the server confirmed, with the pending edits on top.
import { batch, computed, signal } from "@preact/signals"
import type { Task } from "../types.ts"

export interface Pending {
  key: string
  taskId: string
  apply: (task: Task | undefined) => Task | undefined
}

const confirmed = signal<ReadonlyMap<string, Task>>(new Map())
const pending = signal<readonly Pending[]>([])
/** Ids of purged tasks: a late list must not bring them back. */
const purged = new Set<string>()

export const tasks = computed<ReadonlyMap<string, Task>>(() => {
  if (pending.value.length === 0) return confirmed.value
  const shown = new Map(confirmed.value)
  for (const { taskId, apply } of pending.value) {
    const task = apply(shown.get(taskId))
    if (task) shown.set(taskId, task)
    else shown.delete(taskId)
  }
  return shown
})

/** Ids of tasks with an edit that the server has not answered yet. */
export const unsaved = computed(() => new Set(pending.value.map((it) => it.taskId)))

/** Takes tasks from the server; an older version never replaces a newer one. */
export function confirm(list: readonly Task[]): void {
  const next = new Map(confirmed.peek())
  let changed = false
  for (const task of list) {
    if (purged.has(task.id) || (next.get(task.id)?.version ?? 0) >= task.version) continue
    next.set(task.id, task)
    changed = true
  }
  if (changed) confirmed.value = next
}

export function forget(id: string): void {
  purged.add(id)
  if (!confirmed.peek().has(id)) return
  const next = new Map(confirmed.peek())
  next.delete(id)
  confirmed.value = next
}

/** Keeps only the tasks in the list: after a gap, anything else may be gone. */
export function replaceAll(list: readonly Task[]): void {
  const next = new Map<string, Task>()
  for (const task of list) {
    const known = confirmed.peek().get(task.id)
    if (!purged.has(task.id)) next.set(task.id, known && known.version > task.version ? known : task)
  }
  confirmed.value = next
}

export function confirmedVersion(id: string): number | undefined {
  return confirmed.peek().get(id)?.version
}

export function confirmedTask(id: string): Task | undefined {
  return confirmed.peek().get(id)
}

export function lay(edit: Pending): void {
  pending.value = [...pending.peek(), edit]
}

/** Ends an edit: applies the task that the server returned, or nothing when it refused. */
export function lift(key: string, result?: Task): void {
  batch(() => {
    if (result) confirm([result])
    pending.value = pending.peek().filter((it) => it.key !== key)
  })
}

export function clearTasks(): void {
  batch(() => {
    confirmed.value = new Map()
    pending.value = []
  })
  purged.clear()
}
