// One stream for all windows of this browser: whoever holds the lock listens, the others hear it by BroadcastChannel.
import type { Hearing, hold, Step, StreamState } from "./stream.ts"

/** What windows say to each other. `from` is where the sender stood before the step: a listener behind it has a gap. */
export type News =
  | { kind: "step"; from: number; step: Step }
  | { kind: "state"; state: StreamState; position: number }
  | { kind: "ask" }
  | { kind: "wake" }
  | { kind: "read"; ids: readonly string[] | null }
  | { kind: "signed-out" }

export interface Ports {
  locks: Pick<LockManager, "request"> | undefined
  channel: Pick<BroadcastChannel, "postMessage" | "addEventListener" | "close"> | undefined
  hold: typeof hold
  isHidden: () => boolean
}

export interface Listener extends Omit<Hearing, "beat"> {
  /** Something was missed, before `step` where that is known: read everything again. */
  gap: (step?: Step) => void
  /** Notifications were read in another window; null means all. */
  read: (ids: readonly string[] | null) => void
}

/** A leader beats at least as often as its heartbeat; past this it is taken for frozen. */
const LEADER_SILENCE_MS = 90_000
/** Without locks each window has its own stream, and lets go of it when long out of sight. */
const HIDDEN_MS = 30_000

export interface Share {
  /** Try at once: back online, shown again, or asked to. */
  wake: () => void
  tellSignedOut: () => void
  tellRead: (ids: readonly string[] | null) => void
  stop: () => void
}

export function share(name: string, listener: Listener, ports: Ports): Share {
  const stopped = new AbortController()
  const wake = new EventTarget()
  const stop = () => {
    stopped.abort()
    ports.channel?.close()
  }
  if (!ports.locks || !ports.channel) return alone(listener, ports, wake, stopped, stop)
  return together(name, listener, { ...ports, locks: ports.locks, channel: ports.channel }, wake, stopped, stop)
}

function together(
  name: string,
  listener: Listener,
  ports: Ports & { locks: NonNullable<Ports["locks"]>; channel: NonNullable<Ports["channel"]> },
  wake: EventTarget,
  stopped: AbortController,
  stop: () => void,
): Share {
  const { channel, locks } = ports
  let leading = false
  let state: StreamState = "connecting"
  let solo: AbortController | undefined
  const tell = (news: News) => !stopped.signal.aborted && channel.postMessage(news)
  const tellState = () => tell({ kind: "state", state, position: listener.position() })

  const own: Hearing = {
    position: listener.position,
    step: (step) => {
      if (leading) tell({ kind: "step", from: listener.position(), step })
      listener.step(step)
    },
    state: (next) => {
      state = next
      listener.state(next)
      if (leading) tellState()
    },
    beat: () => leading && tellState(),
    signedOut: () => {
      tell({ kind: "signed-out" })
      listener.signedOut()
    },
  }

  const listen = () => {
    solo?.abort()
    solo = undefined
    clearTimeout(silence)
    silence = setTimeout(goAlone, LEADER_SILENCE_MS)
  }
  const goAlone = () => {
    if (leading || stopped.signal.aborted) return
    solo = new AbortController()
    void ports.hold(own, AbortSignal.any([solo.signal, stopped.signal]), wake)
  }
  let silence = setTimeout(goAlone, LEADER_SILENCE_MS)

  channel.addEventListener("message", ({ data }: MessageEvent<News>) => {
    if (stopped.signal.aborted) return
    if (data.kind === "signed-out") listener.signedOut()
    else if (data.kind === "read") listener.read(data.ids)
    else if (data.kind === "wake") wake.dispatchEvent(new Event("wake"))
    else if (data.kind === "ask") leading && tellState()
    else if (!leading) {
      listen()
      hear(data, listener)
    }
  })

  void locks
    .request(name, { signal: stopped.signal }, async () => {
      leading = true
      clearTimeout(silence)
      solo?.abort()
      await ports.hold(own, stopped.signal, wake)
    })
    .catch(() => {})
  tell({ kind: "ask" })

  return {
    wake: () => {
      wake.dispatchEvent(new Event("wake"))
      tell({ kind: "wake" })
    },
    tellSignedOut: () => tell({ kind: "signed-out" }),
    tellRead: (ids) => tell({ kind: "read", ids }),
    stop: () => {
      clearTimeout(silence)
      stop()
    },
  }
}

/** What a listening window does with the leader's news. */
function hear(news: Extract<News, { kind: "step" | "state" }>, listener: Listener): void {
  const here = listener.position()
  if (news.kind === "state") {
    listener.state(news.state)
    if (news.position > here) listener.gap()
    return
  }
  const { from, step } = news
  if (step.resync) listener.step(step)
  else if (from > here) listener.gap(step)
  else if (step.position > here) listener.step({ ...step, events: step.events.filter((it) => it.position > here) })
}

function alone(listener: Listener, ports: Ports, wake: EventTarget, stopped: AbortController, stop: () => void): Share {
  const hearing: Hearing = { ...listener, beat: () => {} }
  let current: AbortController | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  const start = () => {
    if (current && !current.signal.aborted) return
    current = new AbortController()
    void ports.hold(hearing, AbortSignal.any([current.signal, stopped.signal]), wake)
  }
  const letGo = () => {
    if (!ports.isHidden()) return
    current?.abort()
    listener.state("paused")
  }
  start()
  return {
    wake: () => {
      clearTimeout(hiding)
      if (ports.isHidden()) hiding = setTimeout(letGo, HIDDEN_MS)
      else {
        start()
        wake.dispatchEvent(new Event("wake"))
      }
    },
    tellSignedOut: () => ports.channel?.postMessage({ kind: "signed-out" } satisfies News),
    tellRead: (ids) => ports.channel?.postMessage({ kind: "read", ids } satisfies News),
    stop: () => {
      clearTimeout(hiding)
      stop()
    },
  }
}
