// Lines of quick add that the server has not taken: kept in this browser, by person, until it does or their writer says no.
import { computed, signal } from "@preact/signals"
import type { QuickAddLine } from "../types.ts"
import { me } from "./session.ts"

/** A line as it is sent, with the key under which it makes something once however often it is sent. */
export interface Line {
  key: string
  user: string
  body: QuickAddLine
}

export interface KeptLine extends Line {
  /** Why the server did not take it; absent while it waits for the server. */
  fault?: string
}

const STORED = "duely.lines"
const MOST = 200

const all = signal<readonly KeptLine[]>([])
/** Storage may be blocked, or full; lines then last as long as this window. */
let isStored = true
rereadLines()

export const keptLines = computed(() => all.value.filter((it) => it.user === me.value?.id))

/** Keeps a line, or puts it in the place of that with the same key; returns whether there was room. */
export function keepLine(line: KeptLine): boolean {
  const others = read().filter((it) => it.key !== line.key)
  if (others.length >= MOST) return false
  write([...others, line])
  return true
}

export function dropLine(key: string): void {
  write(read().filter((it) => it.key !== key))
}

/** Reads again what another window may have kept or sent. */
export function rereadLines(): void {
  all.value = read()
}

export function dropLinesOf(user: string): void {
  write(read().filter((it) => it.user !== user))
}

function read(): readonly KeptLine[] {
  if (!isStored) return all.peek()
  try {
    const lines: unknown = JSON.parse(localStorage.getItem(STORED) ?? "[]")
    return Array.isArray(lines) ? lines : []
  } catch {
    return all.peek()
  }
}

function write(lines: readonly KeptLine[]): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(lines))
    isStored = true
  } catch {
    isStored = false
  }
  all.value = lines // last: whoever hears of it reads the stored ones
}
