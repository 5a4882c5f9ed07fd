// The fields of a rhythm: every how many days, weeks, months or years, on which of their days, and until when.
import { type End, type Pattern, type Unit, WEEKDAYS, type Weekday } from "../recurrence.ts"
import { DAY_NAMES, MONTH_NAMES, NTH_NAMES } from "../recurrence-words.ts"
import type { FormProps } from "../repeat-form.ts"
import { addMonths } from "../time.ts"
import { DateInput, Field } from "./FormField.tsx"

const UNITS: Unit[] = ["day", "week", "month", "year"]

export function Rhythm(props: FormProps) {
  const { unit } = props.form.pattern
  return (
    <>
      <Every {...props} />
      {unit === "week" && <WeekDays {...props} />}
      {unit === "year" && <MonthOfYear {...props} />}
      {(unit === "month" || unit === "year") && <DayOfMonth {...props} />}
    </>
  )
}

export function Every({ form, faults, onChange }: FormProps) {
  const { interval, unit } = form.pattern
  const set = (to: Partial<Pattern>) => onChange({ ...form, pattern: { ...form.pattern, ...to } })
  return (
    <Field label="Every" fault={faults.interval}>
      {(id, described) => (
        <div class="pair">
          <input
            id={id}
            type="number"
            min="1"
            max="1000"
            value={interval}
            aria-describedby={described}
            onInput={(event) => set({ interval: event.currentTarget.value })}
          />
          <select aria-label="Unit" value={unit} onChange={(event) => set({ unit: event.currentTarget.value as Unit })}>
            {UNITS.map((it) => (
              <option key={it} value={it}>
                {interval === "1" ? it : `${it}s`}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  )
}

function WeekDays({ form, faults, onChange }: FormProps) {
  const { weekdays } = form.pattern
  const toggle = (day: Weekday) => {
    const next = weekdays.includes(day) ? weekdays.filter((it) => it !== day) : [...weekdays, day]
    onChange({ ...form, pattern: { ...form.pattern, weekdays: next } })
  }
  return (
    <fieldset class="form-field">
      <legend>On</legend>
      <div class="day-toggles">
        {WEEKDAYS.map((day) => (
          <label key={day} class="day-toggle">
            <input
              type="checkbox"
              class="unseen"
              aria-label={DAY_NAMES[day]}
              checked={weekdays.includes(day)}
              onChange={() => toggle(day)}
            />
            <span aria-hidden="true">{DAY_NAMES[day].slice(0, 2)}</span>
          </label>
        ))}
      </div>
      {faults.days && (
        <p class="field-fault" role="alert">
          {faults.days}
        </p>
      )}
    </fieldset>
  )
}

function MonthOfYear({ form, onChange }: FormProps) {
  return (
    <Field label="In">
      {(id) => (
        <select
          id={id}
          value={form.pattern.month}
          onChange={(event) =>
            onChange({ ...form, pattern: { ...form.pattern, month: Number(event.currentTarget.value) } })
          }
        >
          {MONTH_NAMES.map((name, index) => (
            <option key={name} value={index + 1}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function DayOfMonth({ form, faults, onChange }: FormProps) {
  const { by, day, nth, weekday } = form.pattern
  const set = (to: Partial<Pattern>) => onChange({ ...form, pattern: { ...form.pattern, ...to } })
  return (
    <Field label="On" fault={faults.days}>
      {(id, described) => (
        <div class="pair">
          <select
            id={id}
            value={by}
            aria-describedby={described}
            onChange={(event) => set({ by: event.currentTarget.value as Pattern["by"] })}
          >
            <option value="day">day</option>
            <option value="nth">the</option>
            <option value="last">the last day</option>
          </select>
          {by === "day" && (
            <input
              type="number"
              min="1"
              max="31"
              aria-label="Day of the month"
              value={day}
              onInput={(event) => set({ day: event.currentTarget.value })}
            />
          )}
          {by === "nth" && (
            <>
              <select
                aria-label="Which"
                value={nth}
                onChange={(event) => set({ nth: Number(event.currentTarget.value) })}
              >
                {NTH_NAMES.map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
              <select
                aria-label="Weekday"
                value={weekday}
                onChange={(event) => set({ weekday: event.currentTarget.value as Weekday })}
              >
                {WEEKDAYS.map((it) => (
                  <option key={it} value={it}>
                    {DAY_NAMES[it]}
                  </option>
                ))}
              </select>
            </>
          )}
        </div>
      )}
    </Field>
  )
}

export function EndFields({ form, faults, onChange }: FormProps) {
  const { end } = form.pattern
  const set = (to: End) => onChange({ ...form, pattern: { ...form.pattern, end: to } })
  const ends: Record<End["kind"], () => End> = {
    never: () => ({ kind: "never" }),
    on: () => ({ kind: "on", date: addMonths(form.date, 6) }),
    after: () => ({ kind: "after", count: "10" }),
  }
  return (
    <Field label="Ends" fault={faults.until ?? faults.count}>
      {(id, described) => (
        <div class="pair">
          <select id={id} value={end.kind} onChange={(event) => set(ends[event.currentTarget.value as End["kind"]]())}>
            <option value="never">never</option>
            <option value="on">on</option>
            <option value="after">after</option>
          </select>
          {end.kind === "on" && (
            <DateInput
              label="Last day"
              described={described}
              value={end.date}
              onPick={(date) => set({ kind: "on", date })}
            />
          )}
          {end.kind === "after" && (
            <>
              <input
                type="number"
                min="1"
                max="10000"
                aria-label="How many times"
                aria-describedby={described}
                value={end.count}
                onInput={(event) => set({ kind: "after", count: event.currentTarget.value })}
              />
              <span class="hint">times</span>
            </>
          )}
        </div>
      )}
    </Field>
  )
}
