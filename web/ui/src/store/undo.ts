// What `u` undoes: the last actions in this window, newest first.
import { signal } from "@preact/signals"
import { dismissWhere, show } from "./toasts.ts"

interface Undoable {
  label: string
  detail?: string
  run: () => Promise<boolean>
}

const DEPTH = 50
const stack = signal<readonly Undoable[]>([])

/** Remembers how to undo an action; shows a toast when `withToast` is set. */
export function remember(done: Undoable, withToast: boolean): void {
  stack.value = [...stack.peek(), done].slice(-DEPTH)
  const { label, detail } = done
  const action = { label: "Undo", run: () => void undo(done) }
  if (withToast) show({ kind: "done", text: label, ...(detail ? { detail } : {}), action })
}

export async function undoLast(): Promise<void> {
  const last = stack.peek().at(-1)
  if (last) await undo(last)
  else show({ kind: "done", text: "Nothing to undo" })
}

export function clearUndo(): void {
  stack.value = []
}

async function undo(done: Undoable): Promise<void> {
  if (!stack.peek().includes(done)) return
  stack.value = stack.peek().filter((it) => it !== done)
  dismissWhere((it) => it.kind === "done")
  if (await done.run()) show({ kind: "done", text: `Undone: ${done.label}` })
}
