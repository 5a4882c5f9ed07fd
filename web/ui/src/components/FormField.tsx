// A field of a form with its label and its error; and a date input that tolerates a half-typed date.
import type { ComponentChildren } from "preact"
import { useEffect, useId, useState } from "preact/hooks"

interface FieldProps {
  label: string
  fault?: string | undefined
  children: (id: string, described: string | undefined) => ComponentChildren
}

/** Shows a label, its control and, below it, the error. */
export function Field({ label, fault, children }: FieldProps) {
  const id = useId()
  const faultId = `${id}-fault`
  return (
    <div class={`form-field ${fault ? "is-wrong" : ""}`}>
      <label htmlFor={id}>{label}</label>
      {children(id, fault ? faultId : undefined)}
      {fault && (
        <p class="field-fault" id={faultId} role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}

interface DateProps {
  id?: string
  label?: string
  value: string
  described: string | undefined
  onPick: (date: string) => void
}

/** The input is empty for a moment while a date is being typed; that is no choice. */
export function DateInput({ id, label, value, described, onPick }: DateProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return (
    <input
      {...(id ? { id } : {})}
      type="date"
      min="1970-01-01"
      max="2999-12-31"
      aria-label={label}
      aria-describedby={described}
      value={text}
      onInput={({ currentTarget }) => {
        setText(currentTarget.value)
        if (currentTarget.value) onPick(currentTarget.value)
      }}
      onBlur={() => setText(value)}
    />
  )
}
