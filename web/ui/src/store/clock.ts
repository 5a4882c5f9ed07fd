// The server's time as this browser knows it, and a slow tick that keeps "in 5 min" and "overdue" true.
import { computed, signal } from "@preact/signals"

/** Server minus browser, in milliseconds. */
export const skew = signal(0)
/** Past this a reader is told: reminders follow the server, the browser shows another hour. */
const SKEW_LIMIT_MS = 2000
export const isSkewed = computed(() => Math.abs(skew.value) > SKEW_LIMIT_MS)

const TICK_MS = 10_000
const tick = signal(0)

export function serverNow(): number {
  return Date.now() + skew.peek()
}

/** The same, for what must be drawn anew as time passes. */
export const now = computed(() => {
  tick.value
  return Date.now() + skew.value
})

/** `sentAt` and `gotAt` bound the moment at which the server read its clock. */
export function learnServerTime(serverTime: string, sentAt: number, gotAt: number): void {
  skew.value = Date.parse(serverTime) - (sentAt + gotAt) / 2
}

/** From a message without a question: it may have been under way for a while, so only a clear difference counts. */
export function hearServerTime(serverTime: string, gotAt: number): void {
  const heard = Date.parse(serverTime) - gotAt
  if (Math.abs(heard - skew.peek()) > SKEW_LIMIT_MS) skew.value = heard
}

export function startTicking(): () => void {
  const timer = setInterval(touchClock, TICK_MS)
  return () => clearInterval(timer)
}

export function touchClock(): void {
  tick.value += 1
}
