// What the server understands of the line that is being typed: asked at each pause; a late answer never replaces a newer one.
import { signal } from "@preact/signals"
import { call, Refused, Unreachable } from "../api.ts"
import { literalOf, type Stretch } from "../line.ts"
import type { Reading } from "../types.ts"

const PAUSE_MS = 120

export interface Understood {
  text: string
  reading: Reading
}

export class LineReader {
  /** The newest answer, and the text that it is about; null while nothing is known. */
  readonly understood = signal<Understood | null>(null)
  private timer: ReturnType<typeof setTimeout> | undefined
  private underway = new AbortController()

  ask(text: string, literal: readonly Stretch[]): void {
    this.stop()
    if (text.trim() === "") this.understood.value = null
    else this.timer = setTimeout(() => void this.answer(text, literal, this.underway.signal), PAUSE_MS)
  }

  /** Leaves the question that was asked last without an answer. */
  stop(): void {
    clearTimeout(this.timer)
    this.underway.abort()
    this.underway = new AbortController()
  }

  private async answer(text: string, literal: readonly Stretch[], signal: AbortSignal): Promise<void> {
    const reading = await readingOf(text, literal, signal)
    if (!signal.aborted) this.understood.value = reading && { text, reading }
  }
}

/** Returns null where the server cannot be asked, or does not take the text. */
async function readingOf(text: string, literal: readonly Stretch[], signal: AbortSignal): Promise<Reading | null> {
  try {
    const body = { text, literal: literalOf(text, literal) }
    return (await call<Reading>("POST", "/quick-add/parse", { body, signal })).value
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return null
    throw error
  }
}
