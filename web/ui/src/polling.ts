// Whether this browser streams or polls: a proxy may hold an answer back until it ends, and then a stream brings nothing.

/** The first polls are short, to learn soon whether the stream was held back or the connection was dead. */
const FIRST_POLL_SECONDS = 1
/** The server takes 25 at most; a proxy that gives up after 30 still passes these on. */
const POLL_SECONDS = 20
/** Parts of an answer that come so far apart were not held back together. */
const APART_MS = 500
/** So many streams in a row of which only the beginning came through are held back, too. */
const MOST_STUMPS = 3
const STREAM_AGAIN_MS = 5 * 60_000
/** Polls begin so far apart, also when each brings something at once. */
const PACE_MS = 500

/** One connection; times in milliseconds, 0 for what did not happen. */
export interface Life {
  /** How long the server may wait with its answer; 0: a stream. */
  pollSeconds: number
  openedAt: number
  firstHeardAt: number
  lastHeardAt: number
  retryMs: number
}

export class Way {
  /** How long the server may wait with its answer to the next poll; 0: it streams. */
  pollSeconds = 0
  private stumps = 0
  private streamAgainAt = 0

  /** Whether a poll has shown that answers are held back. */
  get isHeldBack(): boolean {
    return this.pollSeconds === POLL_SECONDS
  }

  /** Polls after a connection that went silent, or a poll that failed. */
  poll({ pollSeconds, firstHeardAt, lastHeardAt }: Life): void {
    if (!pollSeconds && firstHeardAt) this.stumps = lastHeardAt - firstHeardAt < APART_MS ? this.stumps + 1 : 0
    this.pollSeconds = FIRST_POLL_SECONDS
  }

  /** Takes a poll that was answered: when its beginning came through before its end, a stream does, too. */
  answered({ openedAt, firstHeardAt }: Life): void {
    const now = Date.now()
    const passes = now - firstHeardAt >= APART_MS
    const maySwitch = this.stumps < MOST_STUMPS || now >= this.streamAgainAt
    if (passes && maySwitch) {
      this.pollSeconds = 0
      this.streamAgainAt = now + STREAM_AGAIN_MS
    } else if (now - openedAt >= APART_MS) this.pollSeconds = POLL_SECONDS // one answered at once shows nothing
  }

  /** Returns how long to wait before the next poll. */
  pause({ openedAt }: Life): number {
    return this.pollSeconds ? Math.max(0, openedAt + PACE_MS - Date.now()) : 0
  }
}
