// Short messages at the edge of the page. Reminders stay until they are answered; the others leave by themselves.
import { signal } from "@preact/signals"
import { newId } from "../ids.ts"
import type { Notification } from "../types.ts"

interface Action {
  label: string
  run: () => void
}

export interface Toast {
  id: string
  kind: "done" | "problem" | "reminder"
  text: string
  detail?: string
  action?: Action
  notification?: Notification
}

const LIFE_MS = { done: 7000, problem: 12_000 }
/** Older reminders wait in the notification centre. */
const MOST_SHOWN = { done: 1, problem: 2, reminder: 4 }

export const toasts = signal<readonly Toast[]>([])
const timers = new Map<string, ReturnType<typeof setTimeout>>()

export function show(toast: Omit<Toast, "id"> & { id?: string }): string {
  const id = toast.id ?? newId()
  const others = toasts.peek().filter((it) => it.id !== id)
  const [alike, unlike] = [others.filter((it) => it.kind === toast.kind), others.filter((it) => it.kind !== toast.kind)]
  toasts.value = [...unlike, ...[...alike, { ...toast, id }].slice(-MOST_SHOWN[toast.kind])]
  restartTimer(id)
  return id
}

export function dismiss(id: string): void {
  hold(id)
  toasts.value = toasts.peek().filter((it) => it.id !== id)
}

export function dismissWhere(test: (toast: Toast) => boolean): void {
  for (const toast of toasts.peek()) if (test(toast)) dismiss(toast.id)
}

/** Keeps a toast while it is under the pointer or has the focus. */
export function hold(id: string): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
}

export function restartTimer(id: string): void {
  hold(id)
  const kind = toasts.peek().find((it) => it.id === id)?.kind
  if (kind && kind !== "reminder") timers.set(id, setTimeout(dismiss, LIFE_MS[kind], id))
}
