// The session: who is signed in, in which zone; signing up, in and out.
import { computed, signal } from "@preact/signals"
import { call, get, Refused } from "../api.ts"
import { browserZone } from "../time.ts"
import type { Me } from "../types.ts"
import { learnServerTime } from "./clock.ts"

/** undefined: not asked yet; null: signed out. */
export const me = signal<Me | null | undefined>(undefined)
/** Why the session ended, when the reader did not end it. */
export const endedBy = signal<"expiry" | null>(null)
export const zone = computed(() => me.value?.timezone ?? browserZone())

export async function askWho(): Promise<void> {
  try {
    await readMe()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    me.value = null
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await call("POST", "/auth/login", { body: { email, password } })
  await readMe()
  endedBy.value = null
}

export async function signUp(email: string, password: string): Promise<void> {
  await call("POST", "/auth/register", { body: { email, password, timezone: browserZone() } })
  await readMe().catch(async (error) => {
    if (!(error instanceof Refused)) throw error
    await signIn(email, password)
  })
  endedBy.value = null
}

export async function signOut(): Promise<void> {
  await call("POST", "/auth/logout")
}

/** Ends all other sessions; with `endTokens` all access tokens, too. */
export async function changePassword(current: string, fresh: string, endTokens: boolean): Promise<void> {
  const body = { current_password: current, new_password: fresh, end_tokens: endTokens }
  await call("POST", "/auth/password", { body })
}

export async function countTokens(): Promise<number> {
  return (await get<{ items: unknown[] }>("/tokens")).items.length
}

export async function patchMe(change: { timezone?: string; name?: string; defaults?: Me["defaults"] }): Promise<void> {
  const { value } = await call<Me>("PATCH", "/me", { body: change })
  if (me.peek()) me.value = { ...(me.peek() as Me), ...value }
}

async function readMe(): Promise<void> {
  const sentAt = Date.now()
  const { value } = await call<Me>("GET", "/me")
  learnServerTime(value.server_time, sentAt, Date.now())
  me.value = value
}
