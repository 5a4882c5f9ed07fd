// A notice while reads may be older than the reader's own changes.
import { behind } from "../behind.ts"

const WORDS = {
  behind: "Changes are being caught up; what you see may be a little old.",
  paused: "The display of changes is paused on the server; what you see may be old. What you change is saved.",
  dead_letter:
    "A change of yours is saved but cannot be shown; what you see may be old. Whoever runs this Duely can mend it.",
}

export function BehindNotice() {
  const cause = behind.value
  if (cause === null) return null
  return (
    <p class="banner is-behind" role="status" data-testid="behind">
      {WORDS[cause]}
    </p>
  )
}
