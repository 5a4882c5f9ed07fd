// The picker of a due: presets that apply at once, or a date, an hour and a zone that apply on "Set".
import { useState } from "preact/hooks"
import { dayLabel, nextMonday, timeLabel } from "../format.ts"
import { serverNow } from "../store/clock.ts"
import { zone } from "../store/session.ts"
import { addDays, allZones, dateAt, instantAt, weekdayOf } from "../time.ts"
import type { Due } from "../types.ts"

interface Props {
  due: Due | null
  /** Leaves out the choice of no due, so that `onPick` always gets one. */
  required?: boolean
  onPick: (due: Due | null) => void
}

export function DuePicker({ due, required = false, onPick }: Props) {
  const today = dateAt(serverNow(), zone.value)
  const [date, setDate] = useState(due ? dateOf(due) : "")
  const [time, setTime] = useState(due && "local" in due ? due.local.slice(11, 16) : "")
  const [inZone, setInZone] = useState(due && "zone" in due ? due.zone : zone.value)
  const set = () => onPick(dueFrom(date || today, time, inZone))

  return (
    <form
      class="due-picker"
      onSubmit={(event) => {
        event.preventDefault()
        set()
      }}
    >
      <div class="presets">
        {presets(today).map(([label, day]) => (
          <button type="button" class="preset" key={label} onClick={() => onPick(dueFrom(day, time, inZone))}>
            <span>{label}</span>
            <span class="preset-hint">{dayHint(day, today)}</span>
          </button>
        ))}
        {due && !required && (
          <button type="button" class="preset" onClick={() => onPick(null)}>
            No due date
          </button>
        )}
      </div>
      <div class="picker-fields">
        <label>
          Date
          <input
            type="date"
            value={date}
            min="1970-01-01"
            max="2999-12-31"
            onInput={(event) => setDate(event.currentTarget.value)}
          />
        </label>
        <label>
          Time
          <input type="time" value={time} onInput={(event) => setTime(event.currentTarget.value)} />
        </label>
      </div>
      {time && <PlaceSelect value={inZone} onChange={setInZone} />}
      {time && inZone && inZone !== zone.value && date && (
        <p class="hint">That is {timeLabel(instantAt(`${date}T${time}`, inZone), zone.value)} for you.</p>
      )}
      <button type="submit" class="button primary wide" disabled={!date && !time}>
        Set due date
      </button>
    </form>
  )
}

const WHEREVER = ""

/** Chooses the zone of a time; null is wherever the reader is. */
export function PlaceSelect({ value, onChange }: { value: string | null; onChange: (zone: string | null) => void }) {
  return <ZoneSelect label="Time zone" wherever value={value ?? WHEREVER} onChange={(name) => onChange(name || null)} />
}

interface ZoneSelectProps {
  label: string
  value: string
  /** Offers the empty name, too: wherever the reader is. */
  wherever?: boolean
  onChange: (zone: string) => void
}

export function ZoneSelect({ label, value, wherever = false, onChange }: ZoneSelectProps) {
  const names = allZones()
  return (
    <label class="zone-select">
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {wherever && <option value={WHEREVER}>Wherever I am</option>}
        {value && !names.includes(value) && <option value={value}>{value}</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {name.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  )
}

function presets(today: string): [string, string][] {
  const list: [string, string][] = [
    ["Today", today],
    ["Tomorrow", addDays(today, 1)],
  ]
  if (weekdayOf(today) >= 1 && weekdayOf(today) <= 4) list.push(["This weekend", addDays(today, 6 - weekdayOf(today))])
  list.push(["Next week", nextMonday(today)])
  return list
}

function dayHint(date: string, today: string): string {
  const weekday = new Date(`${date}T12:00:00Z`).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" })
  const label = dayLabel(date, today)
  return /\d/.test(label) ? `${weekday} ${label}` : weekday
}

function dateOf(due: Due): string {
  return "date" in due ? due.date : due.local.slice(0, 10)
}

function dueFrom(date: string, time: string, zoneName: string | null): Due {
  return time ? { local: `${date}T${time}`, zone: zoneName } : { date }
}
