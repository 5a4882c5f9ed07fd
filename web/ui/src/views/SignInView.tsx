// The sign-in form, and sign-up with this device's time zone.
import { useState } from "preact/hooks"
import { Refused } from "../api.ts"
import { Icon, Mark } from "../components/Icon.tsx"
import { endedBy, signIn, signUp } from "../store/session.ts"
import { browserZone } from "../time.ts"

const SHORTEST = 8

export function SignInView() {
  const [isNew, setNew] = useState(false)
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <p class="sign-in-brand">
          <Mark size={30} />
          <span>Duely</span>
        </p>
        <h1>{isNew ? "Create your account" : "Sign in"}</h1>
        {endedBy.value && !isNew && (
          <p class="notice" role="status">
            Your session has ended. Sign in again to go on.
          </p>
        )}
        <Credentials key={String(isNew)} isNew={isNew} />
        <p class="sign-in-switch">
          {isNew ? "You have an account?" : "New here?"}{" "}
          <button type="button" class="link" onClick={() => setNew(!isNew)}>
            {isNew ? "Sign in" : "Create an account"}
          </button>
        </p>
      </div>
    </main>
  )
}

function Credentials({ isNew }: { isNew: boolean }) {
  const [email, setEmail] = useState("")
  const [password, setPassword] = useState("")
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState("")
  // Preact's types know an input of one fixed type only.
  const kind = { type: shown ? "text" : "password" } as { type: "text" }
  const submit = async () => {
    if (isNew && [...password].length < SHORTEST)
      return setFailure(`The password needs at least ${SHORTEST} characters.`)
    setBusy(true)
    setFailure("")
    try {
      await (isNew ? signUp : signIn)(email.trim(), password)
    } catch (error) {
      setFailure(failureText(error))
      setBusy(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <label class="field">
        Email
        <input
          type="email"
          name="email"
          autocomplete="username"
          required
          maxLength={254}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <label class="field" htmlFor="password">
        Password
      </label>
      <div class="password">
        <input
          id="password"
          {...kind}
          name="password"
          autocomplete={isNew ? "new-password" : "current-password"}
          required
          maxLength={256}
          aria-describedby={isNew ? "password-hint" : undefined}
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        <button
          type="button"
          class="icon-button"
          aria-label="Show password"
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      </div>
      {isNew && (
        <p id="password-hint" class="hint">
          At least {SHORTEST} characters.
        </p>
      )}
      <p class="form-failure" role="alert">
        {failure}
      </p>
      <button type="submit" class="button primary wide large" disabled={busy}>
        {busy ? "One moment…" : isNew ? "Create account" : "Sign in"}
      </button>
      {isNew && (
        <p class="hint zone-hint">
          <Icon name="zone" size={15} /> Times follow your zone, {browserZone().replaceAll("_", " ")}.
        </p>
      )}
    </form>
  )
}

function failureText(error: unknown): string {
  if (!(error instanceof Error)) return "Something went wrong."
  const faults = error instanceof Refused ? (error.problem.errors ?? []) : []
  return faults.length > 0 ? faults.map((it) => it.detail).join(" ") : error.message
}
