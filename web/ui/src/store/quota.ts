// How near the reader is to a quota, and what it refused last.
import { computed, signal } from "@preact/signals"
import { call, whenFull } from "../api.ts"
import type { Me } from "../types.ts"
import { me } from "./session.ts"

export type Amounts = Me["usage"]

export interface Near {
  what: keyof Amounts
  used: number
  limit: number
}

const NEAR = 0.9
const NEAR_MS = 2_000
const FAR_MS = 600_000

/** The words of the last refusal; null after a new try. */
export const refusal = signal<string | null>(null)
/** What is nearest to its limit, from 90 % on; null while there is room. */
export const nearest = computed(() => {
  const usage: Amounts | undefined = me.value?.usage // absent from a server of the release before
  return usage ? nearestOf(usage) : null
})

let timer: ReturnType<typeof setTimeout> | undefined

export function watchQuota(): void {
  whenFull((words) => {
    refusal.value = words
    readUsageIn(0)
  })
}

export function nearestOf(usage: Amounts): Near | null {
  const near = (Object.keys(usage) as (keyof Amounts)[]).flatMap((what) => {
    const { used, limit } = usage[what]
    return limit !== null && used >= NEAR * limit ? [{ what, used, limit }] : []
  })
  return near.sort((a, b) => b.used / b.limit - a.used / a.limit)[0] ?? null
}

/** Reads the numbers again: soon where they matter, else now and then. */
export function usageMayHaveChanged(): void {
  timer ??= setTimeout(readUsage, nearest.peek() ? NEAR_MS : FAR_MS)
}

function readUsageIn(milliseconds: number): void {
  clearTimeout(timer)
  timer = setTimeout(readUsage, milliseconds)
}

async function readUsage(): Promise<void> {
  timer = undefined
  const id = me.peek()?.id
  if (!id) return
  const answer = await call<Me>("GET", "/me").catch(() => undefined)
  const now = me.peek()
  if (answer && now?.id === id) me.value = { ...now, usage: answer.value.usage }
}
