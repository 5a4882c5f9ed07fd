// The picker of a reminder: a time before the due, or an instant of its own.
import { useState } from "preact/hooks"
import { offsetLabel } from "../format.ts"
import { serverNow } from "../store/clock.ts"
import { zone } from "../store/session.ts"
import { HOUR, instantAt, localAt } from "../time.ts"
import type { ReminderInput } from "../types.ts"

const OFFSETS = [0, 5, 10, 30, 60, 1440]
const UNITS: [label: string, minutes: number][] = [
  ["minutes", 1],
  ["hours", 60],
  ["days", 1440],
]

interface Props {
  hasDue: boolean
  /** For templates: an instant would be right for one task only. */
  offsetsOnly?: boolean
  onPick: (reminder: ReminderInput) => void
}

export function ReminderPicker({ hasDue, offsetsOnly = false, onPick }: Props) {
  const [number, setNumber] = useState("15")
  const [unit, setUnit] = useState(1)
  const offset = Math.round(Number(number) * unit)
  const offsetGood = number !== "" && offset >= 0 && offset <= 43_200

  return (
    <div class="reminder-picker">
      {hasDue ? (
        <>
          <div class="presets two">
            {OFFSETS.map((minutes) => (
              <button type="button" class="preset" key={minutes} onClick={() => onPick({ offset_minutes: minutes })}>
                {offsetLabel(minutes)}
              </button>
            ))}
          </div>
          <div class="picker-fields">
            <input
              type="number"
              min="0"
              max="43200"
              aria-label="How long before"
              value={number}
              onInput={(event) => setNumber(event.currentTarget.value)}
            />
            <select aria-label="Unit" value={unit} onChange={(event) => setUnit(Number(event.currentTarget.value))}>
              {UNITS.map(([label, minutes]) => (
                <option key={label} value={minutes}>
                  {label} before
                </option>
              ))}
            </select>
            <button
              type="button"
              class="button"
              disabled={!offsetGood}
              onClick={() => onPick({ offset_minutes: offset })}
            >
              Add
            </button>
          </div>
        </>
      ) : (
        <p class="hint">Without a due date a reminder needs a time of its own.</p>
      )}
      {!offsetsOnly && <AtTime onPick={onPick} />}
    </div>
  )
}

function AtTime({ onPick }: Pick<Props, "onPick">) {
  const [at, setAt] = useState(localAt(serverNow() + HOUR, zone.value))
  return (
    <div class="picker-fields">
      <input
        type="datetime-local"
        aria-label="Remind at"
        value={at}
        onInput={(event) => setAt(event.currentTarget.value)}
      />
      <button
        type="button"
        class="button"
        disabled={!at}
        onClick={() => onPick({ at: new Date(instantAt(at, zone.value)).toISOString() })}
      >
        Add time
      </button>
    </div>
  )
}
