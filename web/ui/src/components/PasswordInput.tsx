// An input for a password, which can be shown.
import { useState } from "preact/hooks"
import { Icon } from "./Icon.tsx"

const SHORTEST = 8

export const LENGTH_HINT = `At least ${SHORTEST} characters.`

/** Returns what is wrong with a new password, or "". */
export function lengthFault(password: string): string {
  return [...password].length < SHORTEST ? `The password needs at least ${SHORTEST} characters.` : ""
}

interface Props {
  id: string
  /** The accessible name of the button that shows it. */
  showLabel: string
  isNew: boolean
  hint?: string | undefined
  value: string
  onInput: (value: string) => void
}

export function PasswordInput({ id, showLabel, isNew, hint, value, onInput }: Props) {
  const [shown, setShown] = useState(false)
  // Preact's types know an input of one fixed type only.
  const kind = { type: shown ? "text" : "password" } as { type: "text" }
  return (
    <>
      <div class="password">
        <input
          id={id}
          {...kind}
          name={id}
          autocomplete={isNew ? "new-password" : "current-password"}
          required
          maxLength={256}
          aria-describedby={hint ? `${id}-hint` : undefined}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={showLabel}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      </div>
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </>
  )
}
