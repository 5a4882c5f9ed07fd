// The way of a change out of this window: shown at once, sent in order for each task, reverted with a message when refused.
import { signal } from "@preact/signals"
import { type Call, call, get, Refused, Unreachable } from "../api.ts"
import { newId } from "../ids.ts"
import type { Conflict, Task } from "../types.ts"
import { confirm, confirmedVersion, lay, lift } from "./tasks.ts"
import { show } from "./toasts.ts"

export interface Edit {
  taskId: string
  /** The message when the edit fails: "The title was not saved". */
  failure: string
  apply: (task: Task | undefined) => Task | undefined
  method: "POST" | "PATCH" | "PUT" | "DELETE"
  path: string
  body?: unknown
  /** The version that the reader was looking at; given only where a conflict must be noticed. */
  base?: number | undefined
}

/** Both values of the fields that somebody else changed in the meantime. */
export interface Clash {
  edit: Edit
  conflicts: Conflict[]
  /** The version that holds the other values. */
  seen: number | undefined
}

export const clashes = signal<readonly Clash[]>([])

/** The end of each task's queue: edits of one task are sent one after another. */
const queues = new Map<string, Promise<unknown>>()
/** Versions made by this window's own edits: later edits in the queue build on them. */
const ownVersions = new Map<string, number>()

/**
 * Sends an edit; returns the task as the server has it afterwards, or undefined when the change was reverted.
 *
 * With the key of an earlier try it is that edit again: what the server did then it answers, and does no second time.
 */
export function send(edit: Edit, key = newId()): Promise<Task | undefined> {
  lay({ key, taskId: edit.taskId, apply: edit.apply })
  const turn = (queues.get(edit.taskId) ?? Promise.resolve()).then(() => deliver(edit, key))
  queues.set(edit.taskId, turn)
  void turn.finally(() => queues.get(edit.taskId) === turn && queues.delete(edit.taskId))
  return turn
}

export function clearEdits(): void {
  queues.clear()
  ownVersions.clear()
  clashes.value = []
}

export function settle(clash: Clash): void {
  clashes.value = clashes.peek().filter((it) => it !== clash)
}

/** Sends the reader's own value again, on top of the other one. */
export function insist(clash: Clash): Promise<Task | undefined> {
  settle(clash)
  return send({ ...clash.edit, base: clash.seen })
}

async function deliver(edit: Edit, key: string): Promise<Task | undefined> {
  try {
    const { value } = await call<Task>(edit.method, edit.path, callOf(edit, key))
    lift(key, value)
    ownVersions.set(edit.taskId, value.version)
    return value
  } catch (error) {
    if (error instanceof Refused && error.problem.conflicts) await clash(edit, error.problem.conflicts)
    else report(edit, error, key)
    lift(key)
    return undefined
  }
}

function callOf(edit: Edit, key: string): Call {
  const base = edit.base === undefined ? undefined : Math.max(edit.base, ownVersions.get(edit.taskId) ?? 0)
  return { key, ifMatch: base, ...(edit.body === undefined ? {} : { body: edit.body }) }
}

/** Reads the task that somebody else changed first, so that both values can be shown. */
async function clash(edit: Edit, conflicts: Conflict[]): Promise<void> {
  const theirs = await get<Task>(`/tasks/${edit.taskId}`).catch(() => undefined)
  if (theirs) confirm([theirs])
  clashes.value = [...clashes.peek(), { edit, conflicts, seen: theirs?.version ?? confirmedVersion(edit.taskId) }]
}

function report(edit: Edit, error: unknown, key: string): void {
  if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
  const again = { label: "Try again", run: () => void send(edit, key) }
  const gone = error instanceof Refused && [404, 410].includes(error.problem.status)
  show({ kind: "problem", text: edit.failure, detail: error.message, ...(gone ? {} : { action: again }) })
}
