// Reads while the server cannot show every change: they take what there is until the server has caught up.
import { signal } from "@preact/signals"
import type { Problem } from "./types.ts"

type Cause = NonNullable<Problem["cause"]>

/** Why reads may be out of date; null while they are not. */
export const behind = signal<Cause | null>(null)

export const EVENTUAL = "eventual"
const LOOK_AGAIN_MS = 5000

/** Returns why a read was refused that would succeed with eventual consistency; null for every other response. */
export async function causeOf(response: Response | undefined): Promise<Cause | null> {
  if (response?.status !== 503) return null
  const problem: Partial<Problem> = await response
    .clone()
    .json()
    .catch(() => ({}))
  return (problem.code === "read_model_behind" && problem.cause) || null
}

/** Makes reads take what there is; sends `probe`, a fully consistent read, now and then until it is answered. */
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
