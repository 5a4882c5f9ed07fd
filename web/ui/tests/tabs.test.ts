// Several windows of one browser: one listens, all hear; when it closes, another takes over without a gap.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Step, StreamListener } from "../src/stream.ts"
import { type Listener, type Ports, type Share, share } from "../src/tabs.ts"

const events = (...positions: number[]): Step => ({
  position: positions.at(-1) ?? 0,
  events: positions.map((position) => ({ position, type: "task.updated" }) as Step["events"][number]),
  resync: false,
  replaced: false,
  serverTime: null,
})

interface Window {
  at: number
  heard: number[]
  states: string[]
  gaps: number
  out: number
  hidden: boolean
  /** Set while this window holds a stream. */
  stream: StreamListener | undefined
  share: Share
}

let browser: ReturnType<typeof fakeBrowser>

beforeEach(() => {
  vi.useFakeTimers()
  browser = fakeBrowser()
})
afterEach(() => {
  vi.useRealTimers()
})

describe("windows that share a stream", () => {
  it("hold one stream together and hear the same, five of them too", async () => {
    const all = [1, 2, 3, 4, 5].map(() => browser.open())
    await settle()
    expect(all.map((it) => it.stream !== undefined)).toEqual([true, false, false, false, false])
    all[0]?.stream?.step(events(1, 2))
    expect(all.map((it) => it.heard)).toEqual(Array(5).fill([1, 2]))
  })

  it("show the leader's state, also in a window that comes later", async () => {
    const first = browser.open()
    await settle()
    first.stream?.state("live")
    const second = browser.open()
    await settle()
    expect(second.states.at(-1)).toBe("live")
    first.stream?.state("reconnecting")
    expect(second.states.at(-1)).toBe("reconnecting")
  })

  it("pass the stream on when the one that holds it closes", async () => {
    const [first, second, third] = [browser.open(), browser.open(), browser.open()]
    await settle()
    first.stream?.step(events(1))
    first.share.stop()
    await settle()
    expect([first, second, third].map((it) => it.stream !== undefined)).toEqual([false, true, false])
    expect(second.stream?.position()).toBe(1)
    second.stream?.step(events(2))
    expect(third.heard).toEqual([1, 2])
  })

  it("take only what is new to them", async () => {
    const first = browser.open()
    await settle()
    first.stream?.step(events(1, 2))
    const second = browser.open(3)
    first.stream?.step(events(3, 4))
    expect([second.heard, second.gaps]).toEqual([[4], 0])
  })

  it("notice that they missed something and read everything again", async () => {
    const first = browser.open(7)
    await settle()
    const second = browser.open(4)
    await settle()
    first.stream?.step(events(8))
    expect(second.heard).toEqual([])
    expect(second.gaps).toBeGreaterThan(0)
  })

  it("all learn of a sign-out", async () => {
    const [first, second] = [browser.open(), browser.open()]
    await settle()
    second.share.announceSignOut()
    expect(first.out).toBe(1)
    first.stream?.signedOut()
    expect(second.out).toBe(1)
  })

  it("listen for themselves when the leader has gone silent, and stop when it is back", async () => {
    const [first, second] = [browser.open(), browser.open()]
    await settle()
    await vi.advanceTimersByTimeAsync(60_000)
    first.stream?.beat()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(second.stream).toBeUndefined()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(second.stream).toBeDefined()
    first.stream?.beat()
    await settle()
    expect(second.stream).toBeUndefined()
  })
})

describe("windows without locks", () => {
  it("each have a stream of their own, and let go of it when long out of sight", async () => {
    browser.locks = undefined
    const [first, second] = [browser.open(), browser.open()]
    await settle()
    expect([first.stream, second.stream].every(Boolean)).toBe(true)
    second.hidden = true
    second.share.nudge()
    await vi.advanceTimersByTimeAsync(31_000)
    expect([first.stream !== undefined, second.stream !== undefined]).toEqual([true, false])
    second.hidden = false
    second.share.nudge()
    await settle()
    expect(second.stream).toBeDefined()
  })
})

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}

function fakeBrowser() {
  const listeners = new Map<object, (event: MessageEvent) => void>()
  const queue: (() => void)[] = []
  let held = false
  const next = () => {
    const grant = held ? undefined : queue.shift()
    grant?.()
  }
  const locks = {
    request: (_: string, { signal }: { signal: AbortSignal }, use: () => Promise<void>) =>
      new Promise<void>((resolve) => {
        queue.push(() => {
          if (signal.aborted) return next()
          held = true
          void use().then(() => {
            held = false
            resolve()
            next()
          })
        })
        next()
      }),
  } as unknown as NonNullable<Ports["locks"]>

  const made = {
    locks: locks as Ports["locks"],
    open: (at = 0): Window => {
      const own: Omit<Window, "share"> = {
        at,
        heard: [],
        states: [],
        gaps: 0,
        out: 0,
        hidden: false,
        stream: undefined,
      }
      const channel = {
        postMessage: (data: unknown) => {
          for (const [other, hear] of listeners) if (other !== channel) hear({ data } as MessageEvent)
        },
        addEventListener: (_: string, hear: (event: MessageEvent) => void) => listeners.set(channel, hear),
        close: () => listeners.delete(channel),
      } as unknown as NonNullable<Ports["channel"]>
      const listener: Listener = {
        position: () => own.at,
        step: (step) => {
          own.at = step.position
          own.heard.push(...step.events.map((it) => it.position))
        },
        state: (state) => own.states.push(state),
        gap: () => {
          own.gaps += 1
        },
        read: (ids) => own.states.push(`read ${ids}`),
        signedOut: () => {
          own.out += 1
        },
      }
      const hold: Ports["hold"] = (hearing, signal) => {
        own.stream = hearing
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            own.stream = undefined
            resolve()
          })
        })
      }
      const ports: Ports = { locks: made.locks, channel, hold, isHidden: () => own.hidden }
      return Object.assign(own, { share: share("duely:u", listener, ports) })
    },
  }
  return made
}
