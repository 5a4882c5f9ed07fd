// The page as its live stream sees it.
import type { Step, StreamListener, StreamState } from "../../src/stream.ts"

/** A page that keeps what its stream tells it. */
export function listener() {
  const page = {
    at: 0,
    out: 0,
    heard: [] as number[],
    states: [] as StreamState[],
    nudges: new EventTarget(),
    position: () => page.at,
    step: (step: Step) => {
      page.at = step.position
      page.heard.push(...step.events.map((it) => it.position))
    },
    state: (state: StreamState) => {
      if (page.states.at(-1) !== state) page.states.push(state)
    },
    beat: () => {},
    signedOut: () => {
      page.out += 1
    },
  }
  return page satisfies StreamListener & Record<string, unknown>
}
