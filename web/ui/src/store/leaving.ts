// Tasks that are about to leave the list: they stay in place for a moment so that the eye can follow.
import { signal } from "@preact/signals"

type Leaving = "completed" | "deleted"

const STAY_MS: Record<Leaving, number> = { completed: 900, deleted: 260 }

export const leaving = signal<ReadonlyMap<string, Leaving>>(new Map())

export function leave(id: string, how: Leaving): void {
  leaving.value = new Map(leaving.peek()).set(id, how)
  setTimeout(stay, STAY_MS[how], id)
}

export function stay(id: string): void {
  if (!leaving.peek().has(id)) return
  const next = new Map(leaving.peek())
  next.delete(id)
  leaving.value = next
}
