// The picker of a reminder: a time before or after the due, a time of day for an all-day task, or an instant of its own.
import { useState } from "preact/hooks"
import {
  asDays,
  atTimeOfDay,
  type Distance,
  isWithinLimits,
  type Offset,
  type OffsetInput,
  offsetLabel,
  offsetOf,
} from "../offsets.ts"
import { serverNow } from "../store/clock.ts"
import { zone } from "../store/session.ts"
import { HOUR, instantAt, localAt } from "../time.ts"
import type { Due, ReminderInput } from "../types.ts"

/** What reminders are counted from: no due, a day, or a time. */
export type Counts = "none" | "days" | "time"

export function countsOf(due: Due | null): Counts {
  if (due === null) return "none"
  return "date" in due ? "days" : "time"
}

const PRESETS: Record<Counts, Distance[]> = {
  none: [],
  time: [0, -5, -10, -30, -60].map((minutes) => ({ days: 0, minutes })).concat({ days: -1, minutes: 0 }),
  days: [
    atTimeOfDay(0, "09:00"),
    atTimeOfDay(0, "20:00"),
    atTimeOfDay(-1, "09:00"),
    atTimeOfDay(-1, "20:00"),
    atTimeOfDay(-2, "09:00"),
    atTimeOfDay(-7, "09:00"),
  ],
}
const UNITS = ([-1, 1] as const).flatMap((side) => {
  const word = side < 0 ? "before" : "after"
  return [
    { name: `minutes ${word}`, days: 0, minutes: side },
    { name: `hours ${word}`, days: 0, minutes: 60 * side },
    { name: `days ${word}`, days: side, minutes: 0 },
    { name: `weeks ${word}`, days: 7 * side, minutes: 0 },
  ]
})

interface Props {
  counts: Counts
  /** For templates: an instant would be right for one task only. */
  offsetsOnly?: boolean
  onPick: (reminder: ReminderInput) => void
}

type Picking = Pick<Props, "onPick">

export function ReminderPicker({ counts, offsetsOnly = false, onPick }: Props) {
  return (
    <div class="reminder-picker">
      {counts === "none" ? (
        <p class="hint">Without a due date a reminder needs a time of its own.</p>
      ) : (
        <>
          <div class="presets two">
            {PRESETS[counts].map(offsetOf).map((offset) => (
              <button type="button" class="preset" key={JSON.stringify(offset)} onClick={() => onPick(offset)}>
                {offsetLabel(offset, counts === "days")}
              </button>
            ))}
          </div>
          {counts === "days" ? <OnDay onPick={onPick} /> : <FromDue onPick={onPick} />}
        </>
      )}
      {!offsetsOnly && <AtTime onPick={onPick} />}
    </div>
  )
}

function FromDue({ onPick }: Picking) {
  const [number, setNumber] = useState("15")
  const [unit, setUnit] = useState(0)
  const { days = 0, minutes = 0 } = UNITS[unit] ?? {}
  return (
    <div class="picker-fields">
      <HowMany label="How long" number={number} onInput={setNumber} />
      <select aria-label="Unit" value={unit} onChange={(event) => setUnit(Number(event.currentTarget.value))}>
        {UNITS.map(({ name }, index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </select>
      <Add
        distance={{ days: Number(number) * days, minutes: Number(number) * minutes }}
        isGiven={number !== ""}
        onPick={onPick}
      />
    </div>
  )
}

function OnDay({ onPick }: Picking) {
  const [number, setNumber] = useState("3")
  const [side, setSide] = useState(-1)
  const [time, setTime] = useState("09:00")
  return (
    <div class="picker-fields in-rows">
      <HowMany label="How many days" number={number} onInput={setNumber} />
      <select
        aria-label="Before or after"
        value={side}
        onChange={(event) => setSide(Number(event.currentTarget.value))}
      >
        <option value={-1}>days before</option>
        <option value={1}>days after</option>
      </select>
      <input
        type="time"
        aria-label="Time of day"
        value={time}
        onInput={(event) => setTime(event.currentTarget.value)}
      />
      <Add
        distance={atTimeOfDay(Number(number) * side, time || "09:00")}
        isGiven={number !== "" && time !== ""}
        onPick={onPick}
      />
    </div>
  )
}

function HowMany({ label, number, onInput }: { label: string; number: string; onInput: (to: string) => void }) {
  return (
    <input
      type="number"
      min="0"
      aria-label={label}
      value={number}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  )
}

function Add({ distance, isGiven, onPick }: Picking & { distance: Distance; isGiven: boolean }) {
  const isGood = isGiven && isWithinLimits(distance)
  return (
    <button type="button" class="button" disabled={!isGood} onClick={() => onPick(offsetOf(distance))}>
      Add
    </button>
  )
}

function AtTime({ onPick }: Picking) {
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

/** Offers days on the wall in the place of elapsed time that is whole days; nothing for any other reminder. */
export function DaysButton({ offset, onPick }: { offset: Offset; onPick: (days: OffsetInput) => void }) {
  const days = asDays(offset)
  if (!days) return null
  const words = offsetLabel(days).toLowerCase()
  return (
    <button
      type="button"
      class="button quiet small"
      title="Count days, so that it comes at the same time of day when the clocks change"
      onClick={() => onPick(days)}
    >
      Make it {words}
    </button>
  )
}
