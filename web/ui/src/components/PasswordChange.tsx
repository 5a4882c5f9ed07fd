// A change of password: it ends all other sessions and, if the reader wants, all access tokens.
import { useEffect, useRef, useState } from "preact/hooks"
import { failureText, Refused } from "../api.ts"
import { changePassword, countTokens } from "../store/session.ts"
import { show } from "../store/toasts.ts"
import { LENGTH_HINT, lengthFault, PasswordInput } from "./PasswordInput.tsx"

export function PasswordChange({ email }: { email: string }) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <>
      <button ref={button} type="button" class="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        Change password
      </button>
      {open && <Form email={email} onDone={close} />}
    </>
  )
}

function Form({ email, onDone }: { email: string; onDone: () => void }) {
  const [current, setCurrent] = useState("")
  const [fresh, setFresh] = useState("")
  const [tokens, setTokens] = useState(0)
  const [endTokens, setEndTokens] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState("")
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("#current-password")?.focus()
    countTokens()
      .then(setTokens)
      .catch((error) => setFailure(failureText(error)))
  }, [])
  const submit = async () => {
    const fault = lengthFault(fresh)
    setFailure(fault)
    if (fault) return
    setBusy(true)
    try {
      await changePassword(current, fresh, endTokens)
      const also = endTokens ? ` and ${tokenWords(tokens)} revoked` : ""
      show({ kind: "done", text: `Password changed${also}` })
      onDone()
    } catch (error) {
      setFailure(changeFailure(error))
      setBusy(false)
    }
  }
  return (
    <form
      ref={form}
      class="password-change"
      aria-label="Change password"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {/* Password managers learn from it whose password this is. */}
      <input type="text" name="username" autocomplete="username" value={email} readOnly hidden />
      <div class="setting">
        <label htmlFor="current-password">Current password</label>
        <PasswordInput
          id="current-password"
          showLabel="Show current password"
          isNew={false}
          value={current}
          onInput={setCurrent}
        />
      </div>
      <div class="setting">
        <label htmlFor="new-password">New password</label>
        <PasswordInput
          id="new-password"
          showLabel="Show new password"
          isNew
          hint={LENGTH_HINT}
          value={fresh}
          onInput={setFresh}
        />
      </div>
      {tokens > 0 && (
        <div class="setting">
          <label class="check-line">
            <input
              type="checkbox"
              checked={endTokens}
              aria-describedby="end-tokens-hint"
              onChange={(event) => setEndTokens(event.currentTarget.checked)}
            />
            <span>Revoke my {tokenWords(tokens)}, too</span>
          </label>
          <p id="end-tokens-hint" class="hint">
            What uses {tokens === 1 ? "it" : "them"}, such as a script, then needs a new one.
          </p>
        </div>
      )}
      <p class="hint">Other browsers and devices will have to sign in again.</p>
      <p class="form-failure" role="alert">
        {failure}
      </p>
      <div class="pair">
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? "One moment…" : "Change it"}
        </button>
        <button type="button" class="button quiet" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  )
}

function tokenWords(count: number): string {
  return count === 1 ? "access token" : `${count} access tokens`
}

function changeFailure(error: unknown): string {
  const isWrong = error instanceof Refused && error.problem.code === "wrong_login"
  return isWrong ? "The current password is wrong." : failureText(error)
}
