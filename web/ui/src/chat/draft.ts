// What is typed and not sent yet: kept in this browser, for the person who typed it.
import { signal } from "@preact/signals"
import { DRAFT, dropDraft } from "../store/beside.ts"
import { me } from "../store/session.ts"

export const draft = signal("")

export function readDraft(): void {
  try {
    const { user, text }: { user?: unknown; text?: unknown } = JSON.parse(localStorage.getItem(DRAFT) ?? "{}")
    draft.value = user === me.peek()?.id && typeof text === "string" ? text : ""
  } catch {
    draft.value = ""
  }
}

export function keepDraft(text: string): void {
  draft.value = text
  if (!text) dropDraft()
  try {
    if (text) localStorage.setItem(DRAFT, JSON.stringify({ user: me.peek()?.id, text }))
  } catch {
    // Storage is blocked or full: the draft lasts as long as this window.
  }
}
