// A text field that saves when it is left. Changes from elsewhere wait while the reader is typing.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"

interface Props {
  label: string
  value: string
  /** The version of the task when typing began, so that the server notices a conflict. */
  version: number
  onSave: (value: string, base: number) => Promise<boolean>
  class?: string
  placeholder?: string
  /** In UTF-16 units, at least twice the limit: the server counts code points and refuses a text that is too long. */
  maxLength: number
  singleLine?: boolean
  required?: boolean
  disabled?: boolean
}

export function TextField({ label, value, version, onSave, singleLine = false, required = false, ...rest }: Props) {
  const [text, setText] = useState(value)
  const began = useRef<number | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const writing = began.current !== null

  useEffect(() => {
    if (began.current === null) setText(value)
  }, [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => growWithText(field.current), [text])

  const latest = useRef({ text, value, onSave })
  latest.current = { text, value, onSave }
  const save = () => {
    const base = began.current
    began.current = null
    const { text: written, value: known, onSave: give } = latest.current
    const clean = singleLine ? written.replace(/\s+/g, " ").trim() : written
    if (base === null) return
    if (clean === known || (required && clean === "")) setText(known)
    else void give(clean, base).then((saved) => saved || began.current !== null || setText(latest.current.value))
  }
  // Closing the drawer while typing saves, too.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the field goes away
  useEffect(() => save, [])

  return (
    <textarea
      ref={field}
      rows={1}
      aria-label={label}
      value={text}
      data-writing={writing}
      onInput={(event) => {
        began.current ??= version
        setText(event.currentTarget.value)
      }}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (singleLine || event.ctrlKey || event.metaKey)) {
          event.preventDefault()
          event.currentTarget.blur()
        }
      }}
      {...rest}
      class={rest.class ?? ""}
    />
  )
}

function growWithText(field: HTMLTextAreaElement | null): void {
  if (!field) return
  field.style.height = "0"
  field.style.height = `${field.scrollHeight}px`
}
