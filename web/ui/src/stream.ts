// The live stream of this browser: one connection, resumed by position, with an honest state. `tabs.ts` shares it.
import { type Life, Way } from "./polling.ts"
import { type Message, StreamReader } from "./sse.ts"
import type { StreamEvent } from "./types.ts"

export type StreamState = "connecting" | "live" | "polling" | "reconnecting" | "offline" | "paused"

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

/** The server is heard at least so often on a stream. */
const HEARTBEAT_MS = 20_000
/** What is so much too late is held back on the way, or the connection is dead and nobody told us. */
const OVERDUE_MS = 10_000
const OFFLINE_AFTER_MS = 10_000
const LONGEST_WAIT_MS = 15_000
/** The longest wait after an end that the server planned: a stream that has lasted long enough is no fault. */
const PLANNED_MS = 1000

type Outcome = "closed" | "failed" | "silent" | "replaced" | "signed-out"

/** Holds the stream until `signal` is aborted. `nudges` ends any wait: back online, tab shown, "try now". */
export async function hold(listener: StreamListener, signal: AbortSignal, nudges: EventTarget): Promise<void> {
  const way = new Way()
  const loss = new Loss()
  listener.state("connecting")
  while (!signal.aborted) {
    const [pollSeconds, openedAt] = [way.pollSeconds, Date.now()]
    const life: Life = { pollSeconds, openedAt, firstHeardAt: 0, lastHeardAt: 0, retryMs: 0 }
    const outcome = await connect(listener, signal, nudges, life)
    if (signal.aborted) return
    if (outcome === "signed-out") return listener.signedOut()
    if (life.firstHeardAt) loss.end()
    if (outcome === "closed" && pollSeconds && life.firstHeardAt) {
      way.answered(life)
      if (way.isHeldBack) listener.state("polling")
      await rest(life.retryMs || way.pause(life), signal, nudges)
      continue
    }
    if (outcome === "silent" || pollSeconds) way.poll(life)
    const [state, wait] = loss.judge(outcome, life)
    listener.state(state)
    await rest(wait, signal, nudges)
  }
}

/** How long the server has been lost, and what that means. */
class Loss {
  private failures = 0
  private since: number | undefined

  end(): void {
    this.failures = 0
    this.since = undefined
  }

  /** Returns the state after a connection that ended so, and how long to wait before the next. */
  judge(outcome: Outcome, { pollSeconds, retryMs }: Life): [StreamState, number] {
    this.since ??= Date.now()
    if (outcome === "replaced") return ["paused", Number.POSITIVE_INFINITY]
    if (outcome === "silent" && !pollSeconds) return ["connecting", 0]
    const isLong = Date.now() - this.since > OFFLINE_AFTER_MS || !isOnline()
    const isPlanned = outcome === "closed" && retryMs > 0 && retryMs <= PLANNED_MS && !isLong
    const wait = retryMs || backoff(this.failures)
    this.failures += 1
    return [isPlanned ? "connecting" : isLong ? "offline" : "reconnecting", wait]
  }
}

async function connect(
  listener: StreamListener,
  signal: AbortSignal,
  nudges: EventTarget,
  life: Life,
): Promise<Outcome> {
  const watch = watchOver(life, signal, nudges)
  try {
    const poll = life.pollSeconds ? `&poll=${life.pollSeconds}` : ""
    const response = await fetch(`/api/v1/stream?after=${listener.position()}${poll}`, {
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
      if (!life.firstHeardAt && !poll) listener.state("live")
      life.lastHeardAt = Date.now()
      life.firstHeardAt ||= life.lastHeardAt
      listener.beat()
      for (const message of reader.push(next.value)) if (take(message, listener, life)) return "replaced"
    }
    return "closed"
  } catch {
    return watch.wasSilent() ? "silent" : "failed"
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
function watchOver(life: Life, signal: AbortSignal, nudges: EventTarget) {
  const own = new AbortController()
  const end = () => own.abort()
  let wasSilent = false
  const check = () => {
    const { pollSeconds, openedAt, lastHeardAt } = life
    const patience = pollSeconds ? pollSeconds * 1000 : lastHeardAt ? HEARTBEAT_MS : 0
    if (Date.now() - (lastHeardAt || openedAt) <= patience + OVERDUE_MS) return
    wasSilent = true
    end()
  }
  const timer = setInterval(check, 1000)
  signal.addEventListener("abort", end)
  nudges.addEventListener("nudge", check)
  return {
    signal: own.signal,
    wasSilent: () => wasSilent,
    end: () => {
      end()
      clearInterval(timer)
      signal.removeEventListener("abort", end)
      nudges.removeEventListener("nudge", check)
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
