// The live stream of this browser: one connection, resumed by position, with an honest state. `tabs.ts` shares it.
import { type Message, StreamReader } from "./sse.ts"
import type { StreamEvent } from "./types.ts"

export type StreamState = "connecting" | "live" | "reconnecting" | "offline" | "paused"

/** The meaning of one message to a listener that has everything up to `position`. */
export interface Step {
  position: number
  events: StreamEvent[]
  /** The position is too old to resume: everything on screen must be loaded again. */
  resync: boolean
  /** A newer window took over this stream. */
  replaced: boolean
  serverTime: string | null
}

export function reduce(position: number, message: Pick<Message, "event" | "data">): Step {
  const step: Step = { position, events: [], resync: false, replaced: false, serverTime: null }
  if (message.event === "replaced") return { ...step, replaced: true }
  const data = JSON.parse(message.data)
  if (message.event === "hello") return { ...step, serverTime: data.server_time }
  if (message.event === "resync") return { ...step, position: data.position, resync: true }
  const events: StreamEvent[] = message.event === "batch" ? data.events : [data]
  for (const event of events) {
    if (event.position <= step.position) continue
    step.events.push(event)
    step.position = event.position
  }
  if (message.event === "batch") step.position = Math.max(step.position, data.position)
  return step
}

export interface StreamListener {
  /** Returns the last position that was applied. */
  position: () => number
  step: (step: Step) => void
  state: (state: StreamState) => void
  /** Called at any sign of life, heartbeats included. */
  beat: () => void
  signedOut: () => void
}

/** Heartbeats come at least every 30 s; two lost ones mean a dead connection of which nobody told us. */
const SILENCE_MS = 65_000
const OFFLINE_AFTER_MS = 10_000
const LONGEST_WAIT_MS = 15_000
/** The longest wait after an end that the server planned: a stream that has lasted long enough is no fault. */
const PLANNED_MS = 1000

type Outcome = "closed" | "failed" | "replaced" | "signed-out"

/** Holds the stream until `signal` is aborted. `nudges` ends any wait: back online, tab shown, "try now". */
export async function hold(listener: StreamListener, signal: AbortSignal, nudges: EventTarget): Promise<void> {
  let failures = 0
  let lostAt: number | undefined
  listener.state("connecting")
  while (!signal.aborted) {
    const life = { heard: false, retryMs: 0 }
    const outcome = await connect(listener, signal, nudges, life)
    if (signal.aborted) return
    if (outcome === "signed-out") return listener.signedOut()
    if (life.heard) {
      failures = 0
      lostAt = undefined
    }
    lostAt ??= Date.now()
    const lostLong = Date.now() - lostAt > OFFLINE_AFTER_MS || !isOnline()
    const planned = outcome === "closed" && life.retryMs > 0 && life.retryMs <= PLANNED_MS && !lostLong
    const lost = planned ? "connecting" : lostLong ? "offline" : "reconnecting"
    listener.state(outcome === "replaced" ? "paused" : lost)
    const wait = outcome === "replaced" ? Number.POSITIVE_INFINITY : life.retryMs || backoff(failures)
    failures += 1
    await rest(wait, signal, nudges)
  }
}

interface Life {
  heard: boolean
  retryMs: number
}

async function connect(
  listener: StreamListener,
  signal: AbortSignal,
  nudges: EventTarget,
  life: Life,
): Promise<Outcome> {
  const watch = watchOver(signal, nudges)
  try {
    const response = await fetch(`/api/v1/stream?after=${listener.position()}`, {
      headers: { Accept: "text/event-stream" },
      credentials: "same-origin",
      cache: "no-store",
      signal: watch.signal,
    })
    if (response.status === 401) return "signed-out"
    if (!response.ok || !response.body) return "failed"
    const reader = new StreamReader()
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let next = await text.read(); !next.done; next = await text.read()) {
      watch.heard()
      if (!life.heard) listener.state("live")
      life.heard = true
      listener.beat()
      for (const message of reader.push(next.value)) if (take(message, listener, life)) return "replaced"
    }
    return "closed"
  } catch {
    return "failed"
  } finally {
    watch.end()
  }
}

/** Applies a message; returns true when this stream was replaced. */
function take(message: Message, listener: StreamListener, life: Life): boolean {
  if (message.kind === "retry") life.retryMs = Math.min(Number(message.data) || 0, LONGEST_WAIT_MS)
  if (message.kind !== "event") return false
  const step = reduce(listener.position(), message)
  if (!step.replaced) listener.step(step)
  return step.replaced
}

/** Ends a connection that has gone silent; after a sleep, a nudge checks at once instead of waiting. */
function watchOver(signal: AbortSignal, nudges: EventTarget) {
  const own = new AbortController()
  const end = () => own.abort()
  let heardAt = Date.now()
  const check = (limit: number) => Date.now() - heardAt > limit && end()
  const onNudge = () => check(SILENCE_MS / 2)
  const timer = setInterval(check, 5000, SILENCE_MS)
  signal.addEventListener("abort", end)
  nudges.addEventListener("nudge", onNudge)
  return {
    signal: own.signal,
    heard: () => {
      heardAt = Date.now()
    },
    end: () => {
      end()
      clearInterval(timer)
      signal.removeEventListener("abort", end)
      nudges.removeEventListener("nudge", onNudge)
    },
  }
}

function backoff(failures: number): number {
  return Math.min(500 * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2)
}

function rest(milliseconds: number, signal: AbortSignal, nudges: EventTarget): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      nudges.removeEventListener("nudge", done)
      resolve()
    }
    const timer = Number.isFinite(milliseconds) ? setTimeout(done, milliseconds) : undefined
    signal.addEventListener("abort", done, { once: true })
    nudges.addEventListener("nudge", done)
  })
}

function isOnline(): boolean {
  return typeof navigator === "undefined" || navigator.onLine !== false
}
