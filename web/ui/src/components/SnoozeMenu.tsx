// The menu of times to snooze until.
import { useState } from "preact/hooks"
import { momentLabel } from "../format.ts"
import { serverNow } from "../store/clock.ts"
import type { SnoozeFor } from "../store/reminding.ts"
import { zone } from "../store/session.ts"
import { addDays, dateAt, HOUR, instantAt, localAt } from "../time.ts"

export function SnoozeMenu({ onPick }: { onPick: (how: SnoozeFor) => void }) {
  const [at, setAt] = useState(localAt(serverNow() + 3 * HOUR, zone.value))
  const tomorrow = instantAt(`${addDays(dateAt(serverNow(), zone.value), 1)}T09:00`, zone.value)
  const custom = instantAt(at || "1970-01-01T00:00", zone.value)
  return (
    <div class="snooze-menu">
      <button type="button" class="preset" onClick={() => onPick({ minutes: 10 })}>
        10 minutes
      </button>
      <button type="button" class="preset" onClick={() => onPick({ minutes: 60 })}>
        1 hour
      </button>
      <button type="button" class="preset" onClick={() => onPick({ until: new Date(tomorrow).toISOString() })}>
        {momentLabel(tomorrow, zone.value, serverNow())}
      </button>
      <div class="picker-fields">
        <input
          type="datetime-local"
          aria-label="Snooze until"
          value={at}
          onInput={(event) => setAt(event.currentTarget.value)}
        />
        <button
          type="button"
          class="button"
          disabled={!at || custom <= serverNow()}
          onClick={() => onPick({ until: new Date(custom).toISOString() })}
        >
          Snooze
        </button>
      </div>
    </div>
  )
}
