// A notice when this device is in another zone: asks whether to move there, and says which tasks would move.
import { useState } from "preact/hooks"
import { count, timeLabel } from "../format.ts"
import { now } from "../store/clock.ts"
import { allOpenHere } from "../store/lists.ts"
import { patchMe, zone } from "../store/session.ts"
import { show } from "../store/toasts.ts"
import { foreignZone, isZoneUnknown, keepZone, tasksThatFollow } from "../store/travel.ts"

const MOST_NAMED = 5

export function TravelNotice() {
  const [busy, setBusy] = useState(false)
  const here = foreignZone.value
  if (isZoneUnknown.value) return <UnknownZone />
  if (!here) return null
  const home = zone.value
  const move = async () => {
    setBusy(true)
    try {
      await patchMe({ timezone: here })
      show({ kind: "done", text: `Your days now follow ${placeOf(here)}` })
    } catch (error) {
      show({
        kind: "problem",
        text: "The time zone was not changed",
        detail: error instanceof Error ? error.message : "",
      })
    }
    setBusy(false)
  }
  return (
    <section class="banner travel" aria-label="Time zone" data-testid="travel">
      <div>
        <p>
          This device is in <strong>{placeOf(here)}</strong> ({timeLabel(now.value, here)}), your days follow{" "}
          <strong>{placeOf(home)}</strong> ({timeLabel(now.value, home)}).
        </p>
        <Moves here={here} />
      </div>
      <div class="travel-buttons">
        <button type="button" class="button small" disabled={busy} onClick={() => void move()}>
          Change to {placeOf(here)}
        </button>
        <button type="button" class="button quiet small" disabled={busy} onClick={() => keepZone(here)}>
          Keep {placeOf(home)}
        </button>
      </div>
    </section>
  )
}

function UnknownZone() {
  return (
    <section class="banner travel" aria-label="Time zone" data-testid="travel">
      <p>
        This device does not say in which time zone it is, so your days follow <strong>UTC</strong>. Choose yours under{" "}
        <a href="#/settings">Settings</a>.
      </p>
      <div class="travel-buttons">
        <button type="button" class="button quiet small" onClick={() => keepZone("")}>
          Keep UTC
        </button>
      </div>
    </section>
  )
}

function Moves({ here }: { here: string }) {
  const list = tasksThatFollow.value
  if (list.length === 0) return <p>Nothing would move: every open task with a date has a time in a zone of its own.</p>
  return (
    <details>
      <summary>
        {!allOpenHere.value && "At least "}
        {count(list.length, "task")} without a time zone of {list.length === 1 ? "its" : "their"} own would move
      </summary>
      <p>
        Their days would begin and end, and their times and reminders count, in {placeOf(here)}. So would series without
        a time zone of their own. Tasks with one stay where they are.
      </p>
      <ul>
        {list.slice(0, MOST_NAMED).map((it) => (
          <li key={it.id}>{it.title}</li>
        ))}
        {list.length > MOST_NAMED && <li>and {list.length - MOST_NAMED} more</li>}
      </ul>
    </details>
  )
}

/** Returns the place of a zone: "America/Argentina/Buenos_Aires" → "Buenos Aires". */
function placeOf(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ")
}
