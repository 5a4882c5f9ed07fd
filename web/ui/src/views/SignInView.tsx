// The sign-in form, and sign-up with this device's time zone.
import { useState } from "preact/hooks"
import { failureText } from "../api.ts"
import { Icon, Mark } from "../components/Icon.tsx"
import { LENGTH_HINT, lengthFault, PasswordInput } from "../components/PasswordInput.tsx"
import { endedBy, signIn, signUp } from "../store/session.ts"
import { browserZone } from "../time.ts"

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
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState("")
  const submit = async () => {
    const fault = isNew ? lengthFault(password) : ""
    setFailure(fault)
    if (fault) return
    setBusy(true)
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
      <PasswordInput
        id="password"
        showLabel="Show password"
        isNew={isNew}
        hint={isNew ? LENGTH_HINT : undefined}
        value={password}
        onInput={setPassword}
      />
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
