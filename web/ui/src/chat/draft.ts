// What is typed and not sent yet: kept in this browser, for the person who typed it.
import { signal } from "@preact/signals"
import { DRAFT, dropDraft } from "../store/beside.ts"
import { me } from "../store/session.ts"

/** A message that nobody knows to be said or not: sent again under its key, to its place, it is said once. */
export interface Unsure {
  text: string
  place: string | null
  key: string
}

interface Kept {
  user?: string | undefined
  text?: string
  unsure?: Unsure | null
}

export const draft = signal("")
let unsure: Unsure | null = null

export function readDraft(): void {
  const kept = read()
  const isMine = kept.user !== undefined && kept.user === me.peek()?.id
  draft.value = (isMine && kept.text) || ""
  unsure = (isMine && kept.unsure) || null
}

export function keepDraft(text: string): void {
  draft.value = text
  write()
}

/** Returns the message as it was sent before, if that is unsure. */
export function unsureOf(text: string, place: string | null): Unsure | null {
  return unsure?.text === text && unsure.place === place ? unsure : null
}

export function keepUnsure(sent: Unsure | null): void {
  unsure = sent
  write()
}

function read(): Kept {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(DRAFT) ?? "{}")
    return kept && typeof kept === "object" ? kept : {}
  } catch {
    return {}
  }
}

function write(): void {
  const kept: Kept = { user: me.peek()?.id, text: draft.peek(), unsure }
  try {
    if (kept.text || unsure) localStorage.setItem(DRAFT, JSON.stringify(kept))
    else dropDraft()
  } catch {
    // Storage is blocked or full: the draft lasts as long as this window.
  }
}
