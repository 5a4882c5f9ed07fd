// A notice when the clocks of this device and the server differ, because reminders follow the server.
import { spanLabel } from "../format.ts"
import { isSkewed, skew } from "../store/clock.ts"

export function SkewNotice() {
  if (!isSkewed.value) return null
  const off = skew.value
  return (
    <p class="banner is-skew" role="status" data-testid="clock-skew">
      This device’s clock is {spanLabel(off)} {off < 0 ? "ahead of" : "behind"} the server’s. Reminders follow the
      server.
    </p>
  )
}
