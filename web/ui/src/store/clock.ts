// The server's time as this browser knows it, and a slow tick that keeps "in 5 min" and "overdue" true.
import { computed, signal } from "@preact/signals"

/** Server minus browser, in milliseconds. */
export const skew = signal(0)
/** Beyond this skew the reader is warned: reminders follow the server, and the browser shows another time. */
const SKEW_LIMIT_MS = 2000
export const isSkewed = computed(() => Math.abs(skew.value) > SKEW_LIMIT_MS)

const TICK_MS = 10_000
const tick = signal(0)

export function serverNow(): number {
  return Date.now() + skew.peek()
}

/** The server's time for what must be redrawn as time passes. */
export const now = computed(() => {
  tick.value
  return Date.now() + skew.value
})

/** Learns the server's time; `sentAt` and `gotAt` bound the moment at which the server read its clock. */
export function learnServerTime(serverTime: string, sentAt: number, gotAt: number): void {
  skew.value = Date.parse(serverTime) - (sentAt + gotAt) / 2
}

/** Learns the server's time from a message that nobody asked for. It may be delayed, so only a clear difference counts. */
export function noteServerTime(serverTime: string, gotAt: number): void {
  const difference = Date.parse(serverTime) - gotAt
  if (Math.abs(difference - skew.peek()) > SKEW_LIMIT_MS) skew.value = difference
}

export function startTicking(): () => void {
  const timer = setInterval(touchClock, TICK_MS)
  return () => clearInterval(timer)
}

export function touchClock(): void {
  tick.value += 1
}
