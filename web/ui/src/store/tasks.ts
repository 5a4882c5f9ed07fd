// The tasks this window knows: what the server confirmed, with the edits still under way laid on top.
import { batch, computed, signal } from "@preact/signals"
import type { Task } from "../types.ts"

export interface Pending {
  key: string
  taskId: string
  apply: (task: Task | undefined) => Task | undefined
}

const confirmed = signal<ReadonlyMap<string, Task>>(new Map())
const pending = signal<readonly Pending[]>([])
/** Purged for good: a late list must not bring them back. */
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

/** Ids with an edit that the server has not answered yet. */
export const unsaved = computed(() => new Set(pending.value.map((it) => it.taskId)))

/** Takes what the server says; an older version never covers a newer one. */
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

/** After a gap nothing known is certain: keep only what the server names again. */
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

/** The edit is answered: what the server made of it, or nothing when it was refused. */
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
