// What reads ask for while the server cannot show all that was done: what there is, until it can again.
import { signal } from "@preact/signals"
import type { Problem } from "./types.ts"

type Cause = NonNullable<Problem["cause"]>

/** Why what is read may be old; null while it is not. */
export const behind = signal<Cause | null>(null)

export const EVENTUAL = "eventual"
const LOOK_AGAIN_MS = 5000

/** Why a read was refused that would be answered if it asked for what there is; null for every other answer. */
export async function causeOf(response: Response | undefined): Promise<Cause | null> {
  if (response?.status !== 503) return null
  const problem: Partial<Problem> = await response
    .clone()
    .json()
    .catch(() => ({}))
  return (problem.code === "read_model_behind" && problem.cause) || null
}

/** From now on reads take what there is; `probe` is a read that does not, asked for now and then until it is answered. */
export function fallBehind(cause: Cause, probe: () => Promise<Response | undefined>): void {
  if (behind.peek() === null) setTimeout(() => void lookAgain(probe), LOOK_AGAIN_MS)
  behind.value = cause
}

async function lookAgain(probe: () => Promise<Response | undefined>): Promise<void> {
  const answer = await probe()
  const cause = await causeOf(answer)
  if (answer && answer.status < 500) {
    behind.value = null
    return
  }
  if (cause) behind.value = cause
  setTimeout(() => void lookAgain(probe), LOOK_AGAIN_MS)
}
