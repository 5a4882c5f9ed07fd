// One stream for all windows of this browser: the holder of the lock listens, the others receive it by BroadcastChannel.
import type { hold, Step, StreamListener, StreamState } from "./stream.ts"

/** The messages between windows. `from` is the sender's position before the step: a listener behind it has a gap. */
export type WindowMessage =
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

export interface Listener extends Omit<StreamListener, "beat"> {
  /** Called after a gap, with the step that came behind it where that is known: everything must be loaded again. */
  gap: (step?: Step) => void
  /** Called when notifications were read in another window; null means all. */
  read: (ids: readonly string[] | null) => void
}

/** A leader beats at least as often as its heartbeat; after this silence it counts as frozen. */
const LEADER_SILENCE_MS = 90_000
/** Without locks each window has a stream of its own and closes it when it has been hidden this long. */
const HIDDEN_MS = 30_000

export interface Share {
  /** Checks at once how things stand: the window was shown or hidden, is back online, or was asked to. */
  nudge: () => void
  announceSignOut: () => void
  announceRead: (ids: readonly string[] | null) => void
  stop: () => void
}

export function share(name: string, listener: Listener, ports: Ports): Share {
  const { locks, channel } = ports
  return locks && channel ? new Together(name, listener, ports, locks) : new Alone(listener, ports)
}

abstract class Sharing implements Share {
  protected readonly stopped = new AbortController()
  protected readonly nudges = new EventTarget()

  constructor(
    protected readonly listener: Listener,
    protected readonly ports: Ports,
  ) {
    ports.channel?.addEventListener("message", ({ data }: MessageEvent<WindowMessage>) => {
      if (!this.stopped.signal.aborted) this.receive(data)
    })
  }

  nudge(): void {
    this.nudges.dispatchEvent(new Event("nudge"))
  }

  announceSignOut(): void {
    this.post({ kind: "signed-out" })
  }

  announceRead(ids: readonly string[] | null): void {
    this.post({ kind: "read", ids })
  }

  stop(): void {
    this.stopped.abort()
    this.ports.channel?.close()
  }

  protected post(message: WindowMessage): void {
    if (!this.stopped.signal.aborted) this.ports.channel?.postMessage(message)
  }

  protected receive(message: WindowMessage): void {
    if (message.kind === "signed-out") this.listener.signedOut()
    else if (message.kind === "read") this.listener.read(message.ids)
  }

  protected hold(listener: StreamListener, until: AbortSignal): Promise<void> {
    return this.ports.hold(listener, AbortSignal.any([until, this.stopped.signal]), this.nudges)
  }
}

class Together extends Sharing {
  private leading = false
  private state: StreamState = "connecting"
  private solo: AbortController | undefined
  private silence: ReturnType<typeof setTimeout> | undefined

  constructor(name: string, listener: Listener, ports: Ports, locks: NonNullable<Ports["locks"]>) {
    super(listener, ports)
    this.listen()
    // The lock is granted when no other window holds it: now, or when the window that does is closed.
    locks.request(name, { signal: this.stopped.signal }, () => this.lead()).catch(() => {})
    this.post({ kind: "ask" })
  }

  override nudge(): void {
    super.nudge()
    this.post({ kind: "wake" })
  }

  override stop(): void {
    clearTimeout(this.silence)
    super.stop()
  }

  protected override receive(message: WindowMessage): void {
    super.receive(message)
    if (message.kind === "wake") super.nudge()
    else if (message.kind === "ask") this.postState()
    else if ((message.kind === "step" || message.kind === "state") && !this.leading) {
      this.listen()
      follow(message, this.listener)
    }
  }

  private async lead(): Promise<void> {
    this.leading = true
    clearTimeout(this.silence)
    this.solo?.abort()
    await this.hold(this.streamListener(), this.stopped.signal)
  }

  /** Follows a leader that is alive: no stream of its own, and another wait. */
  private listen(): void {
    this.solo?.abort()
    clearTimeout(this.silence)
    this.silence = setTimeout(() => this.goAlone(), LEADER_SILENCE_MS)
  }

  private goAlone(): void {
    this.solo = new AbortController()
    void this.hold(this.streamListener(), this.solo.signal)
  }

  private postState(): void {
    if (this.leading) this.post({ kind: "state", state: this.state, position: this.listener.position() })
  }

  private streamListener(): StreamListener {
    return {
      position: this.listener.position,
      step: (step) => {
        if (this.leading) this.post({ kind: "step", from: this.listener.position(), step })
        this.listener.step(step)
      },
      state: (state) => {
        this.state = state
        this.listener.state(state)
        this.postState()
      },
      beat: () => this.postState(),
      signedOut: () => {
        this.announceSignOut()
        this.listener.signedOut()
      },
    }
  }
}

/** Handles the leader's messages in a listening window. */
function follow(message: Extract<WindowMessage, { kind: "step" | "state" }>, listener: Listener): void {
  const here = listener.position()
  if (message.kind === "state") {
    listener.state(message.state)
    if (message.position > here) listener.gap()
    return
  }
  const { from, step } = message
  if (step.resync) listener.step(step)
  else if (from > here) listener.gap(step)
  else if (step.position > here) listener.step({ ...step, events: step.events.filter((it) => it.position > here) })
}

class Alone extends Sharing {
  private current: AbortController | undefined
  private hiding: ReturnType<typeof setTimeout> | undefined

  constructor(listener: Listener, ports: Ports) {
    super(listener, ports)
    this.start()
  }

  override nudge(): void {
    clearTimeout(this.hiding)
    if (this.ports.isHidden()) this.hiding = setTimeout(() => this.letGo(), HIDDEN_MS)
    else {
      this.start()
      super.nudge()
    }
  }

  override stop(): void {
    clearTimeout(this.hiding)
    super.stop()
  }

  private start(): void {
    if (this.current && !this.current.signal.aborted) return
    this.current = new AbortController()
    void this.hold({ ...this.listener, beat: () => {} }, this.current.signal)
  }

  private letGo(): void {
    this.current?.abort()
    this.listener.state("paused")
  }
}
