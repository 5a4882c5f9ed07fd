// The next dates of a rule while it is being edited: asked when the reader pauses; a late answer never replaces a newer one.
import { signal } from "@preact/signals"
import { call, Refused, Unreachable } from "../api.ts"
import type { Recurrence } from "../recurrence.ts"
import type { Due, Preview, Problem } from "../types.ts"

const PAUSE_MS = 250
const COUNT = 5

export interface PreviewQuestion extends Pick<Recurrence, "rule" | "mode" | "month_end"> {
  start: Due
}

export interface PreviewState {
  kind: "asking" | "ready" | "refused" | "unreachable"
  /** The last preview that was given; it does not belong to the question while `kind` is not "ready". */
  preview: Preview | null
  problem: Problem | null
}

export class PreviewAsker {
  readonly state = signal<PreviewState>({ kind: "asking", preview: null, problem: null })
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked = 0

  ask(question: PreviewQuestion, pause = this.asked === 0 ? 0 : PAUSE_MS): void {
    const turn = ++this.asked
    this.state.value = { ...this.state.peek(), kind: "asking" }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.answer(question, turn), pause)
  }

  stop(): void {
    clearTimeout(this.timer)
    this.asked += 1
  }

  private async answer(question: PreviewQuestion, turn: number): Promise<void> {
    const next = await stateAfter(question)
    if (turn === this.asked) this.state.value = { preview: this.state.peek().preview, ...next }
  }
}

async function stateAfter(
  question: PreviewQuestion,
): Promise<Pick<PreviewState, "kind" | "problem"> & Partial<PreviewState>> {
  try {
    const { value } = await call<Preview>("POST", "/series/preview", { body: { ...question, count: COUNT } })
    return { kind: "ready", preview: value, problem: null }
  } catch (error) {
    if (error instanceof Refused) return { kind: "refused", problem: error.problem }
    if (error instanceof Unreachable) return { kind: "unreachable", problem: null }
    throw error
  }
}
