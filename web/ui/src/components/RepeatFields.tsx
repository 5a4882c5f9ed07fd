// The fields of a repetition: the rhythm, the first date, the end, and further down what few people change.
import { useId, useState } from "preact/hooks"
import { type Mode, PRESETS, type PresetName, preset, presetOf } from "../recurrence.ts"
import { presetWords } from "../recurrence-words.ts"
import {
  type FormProps,
  isOftenerThanDaily,
  lacksDays,
  type RepeatForm,
  recurrenceOf,
  withDate,
  withMode,
  withRule,
} from "../repeat-form.ts"
import type { Preview } from "../types.ts"
import { PlaceSelect } from "./DuePicker.tsx"
import { DateInput, Field } from "./FormField.tsx"
import { EndFields, Every, Rhythm } from "./RhythmFields.tsx"

const MODES: [mode: Mode, label: string][] = [
  ["schedule", "By the calendar"],
  ["completion", "After completion"],
]

/** The preview tells how often it comes, which decides what becomes of older ones where nobody chooses. */
export function RepeatFields({ preview, ...props }: FormProps & { preview: Preview | null }) {
  const { form, onChange } = props
  const group = useId()
  return (
    <div class="repeat-fields">
      <fieldset class="segments">
        <legend class="unseen">The next one comes</legend>
        {MODES.map(([mode, label]) => (
          <label class="segment" key={mode}>
            <input
              type="radio"
              class="unseen"
              name={group}
              checked={form.mode === mode}
              onChange={() => onChange(withMode(form, mode))}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      {form.raw !== null ? (
        <ByHand {...props} />
      ) : form.mode === "completion" ? (
        <Every {...props} />
      ) : (
        <ByDays {...props} />
      )}
      <First {...props} />
      {form.raw === null && <EndFields {...props} />}
      {lacksDays(form) && <MonthEnd {...props} />}
      <More {...props} isOften={preview !== null && isOftenerThanDaily(preview)} />
    </div>
  )
}

function ByDays(props: FormProps) {
  const { form, onChange } = props
  const known = presetOf(form.pattern, form.date)
  const [custom, setCustom] = useState(known === undefined)
  const shown = custom ? "custom" : (known ?? "custom")
  const pick = (name: string) => {
    setCustom(name === "custom")
    if (name !== "custom")
      onChange({ ...form, pattern: { ...preset(name as PresetName, form.date), end: form.pattern.end } })
  }
  return (
    <>
      <Field label="Repeats">
        {(id) => (
          <select id={id} value={shown} onChange={(event) => pick(event.currentTarget.value)}>
            {PRESETS.map((name) => (
              <option key={name} value={name}>
                {presetWords(name, form.date)}
              </option>
            ))}
            <option value="custom">Another rhythm…</option>
          </select>
        )}
      </Field>
      {shown === "custom" && <Rhythm {...props} />}
    </>
  )
}

function ByHand({ form, onChange }: FormProps) {
  return (
    <p class="notice">
      The rule below is written by hand and says more than these choices can.
      <button type="button" class="button small" onClick={() => onChange({ ...form, raw: null })}>
        Choose instead
      </button>
    </p>
  )
}

function First({ form, faults, onChange }: FormProps) {
  return (
    <>
      <Field label="First on" fault={faults.start}>
        {(id, described) => (
          <div class="pair">
            <DateInput
              id={id}
              described={described}
              value={form.date}
              onPick={(date) => onChange(withDate(form, date))}
            />
            <input
              type="time"
              aria-label="Time"
              value={form.time}
              onInput={(event) => onChange({ ...form, time: event.currentTarget.value })}
            />
          </div>
        )}
      </Field>
      {form.time && <PlaceSelect value={form.zone} onChange={(zone) => onChange({ ...form, zone })} />}
    </>
  )
}

function MonthEnd({ form, onChange }: FormProps) {
  const yearly = form.pattern.unit === "year"
  return (
    <Field label={yearly ? "In other years" : "In shorter months"}>
      {(id) => (
        <select
          id={id}
          value={form.monthEnd}
          onChange={(event) => onChange({ ...form, monthEnd: event.currentTarget.value as RepeatForm["monthEnd"] })}
        >
          <option value="clamp">{yearly ? "On 28 February" : "On their last day"}</option>
          <option value="skip">Not at all</option>
        </select>
      )}
    </Field>
  )
}

function More({ form, faults, onChange, isOften }: FormProps & { isOften: boolean }) {
  const { rule } = recurrenceOf(form)
  return (
    <details class="repeat-more" open={form.raw !== null || faults.lookAhead !== undefined}>
      <summary>Advanced</summary>
      <label class="check-line">
        <input
          type="checkbox"
          checked={form.pileUp ? form.pileUp === "newest" : isOften}
          onChange={(event) => onChange({ ...form, pileUp: event.currentTarget.checked ? "newest" : "all" })}
        />
        <span>When the next one comes, take open older ones away</span>
      </label>
      {form.mode === "schedule" && (
        <Field label="Make them ahead" fault={faults.lookAhead}>
          {(id, described) => (
            <div class="pair">
              <input
                id={id}
                type="number"
                min="0"
                max="30"
                value={form.lookAhead}
                aria-describedby={described}
                onInput={(event) => onChange({ ...form, lookAhead: event.currentTarget.value })}
              />
              <span class="hint">days; with 0 always the next one</span>
            </div>
          )}
        </Field>
      )}
      <Field label="Rule (RRULE)">
        {(id) => (
          <textarea
            id={id}
            class="rule-text"
            rows={rule.includes("\n") ? 4 : 1}
            spellcheck={false}
            autocomplete="off"
            maxLength={4000}
            value={rule}
            onInput={(event) => onChange(withRule(form, event.currentTarget.value))}
          />
        )}
      </Field>
    </details>
  )
}
