// Tokens for agents: making one with what to paste into a client, and revoking those there are.
import { useEffect, useState } from "preact/hooks"
import { failureText } from "../api.ts"
import { agoLabel } from "../format.ts"
import { quoted } from "../quoted.ts"
import { ask } from "../store/asking.ts"
import { show } from "../store/toasts.ts"
import { type Access, listTokens, makeToken, revokeToken } from "../store/tokens.ts"
import type { NewToken, Token } from "../types.ts"
import { AgentSnippets } from "./AgentSnippets.tsx"

export function AgentAccess() {
  const [tokens, setTokens] = useState<Token[]>([])
  const [made, setMade] = useState<NewToken | null>(null)
  const [failure, setFailure] = useState("")
  const [changes, setChanges] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is read again after each change
  useEffect(() => {
    listTokens()
      .then(setTokens)
      .catch((error) => setFailure(failureText(error)))
  }, [changes])
  const revoke = async (token: Token) => {
    if (!(await isSure(token))) return
    try {
      await revokeToken(token.id)
      if (made?.id === token.id) setMade(null)
      show({ kind: "done", text: `${quoted(token.name)} revoked` })
    } catch (error) {
      setFailure(failureText(error))
    }
    setChanges(changes + 1)
  }
  return (
    <section aria-labelledby="settings-agents">
      <h2 id="settings-agents">Agents</h2>
      <p class="hint">
        An agent such as Claude, Cursor or VS Code can work with your tasks. What it changes is marked as its own, and
        it asks before it deletes.
      </p>
      {made ? (
        <AgentSnippets token={made} onDone={() => setMade(null)} />
      ) : (
        <TokenForm
          onMade={(token) => {
            setMade(token)
            setFailure("")
            setChanges(changes + 1)
          }}
          onFailure={setFailure}
        />
      )}
      <p class="form-failure" role="alert">
        {failure}
      </p>
      {tokens.length > 0 && (
        <ul class="token-list" aria-label="Access tokens">
          {tokens.map((token) => (
            <li key={token.id}>
              <span>
                <strong>{token.name}</strong>
                <small>
                  {token.prefix}… · {token.scopes.includes("agent") ? "agent" : token.scopes.join(", ")} ·{" "}
                  {lastUse(token)}
                </small>
              </span>
              <button
                type="button"
                class="button quiet small danger"
                aria-label={`Revoke ${token.name}`}
                onClick={() => void revoke(token)}
              >
                Revoke
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const LIVES: [string, number | null][] = [
  ["30 days", 30],
  ["90 days", 90],
  ["A year", 365],
  ["Until I revoke it", null],
]

function TokenForm({ onMade, onFailure }: { onMade: (token: NewToken) => void; onFailure: (words: string) => void }) {
  const [name, setName] = useState("")
  const [access, setAccess] = useState<Access>("agent")
  const [days, setDays] = useState<number | null>(90)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    try {
      onMade(await makeToken(name.trim() || "My agent", access, days))
    } catch (error) {
      onFailure(failureText(error))
      setBusy(false)
    }
  }
  return (
    <form
      class="agent-form"
      aria-label="Make a token for an agent"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <label class="setting">
        <span>Name of the agent</span>
        <input
          type="text"
          maxLength={100}
          placeholder="My agent"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="setting">
        <span>It may</span>
        <select value={access} onChange={(event) => setAccess(event.currentTarget.value as Access)}>
          <option value="agent">Read and change</option>
          <option value="read">Read only</option>
        </select>
      </label>
      <label class="setting">
        <span>For</span>
        <select value={String(days)} onChange={(event) => setDays(Number(event.currentTarget.value) || null)}>
          {LIVES.map(([label, value]) => (
            <option key={label} value={String(value)}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button primary" disabled={busy}>
        {busy ? "One moment…" : "Make a token for an agent"}
      </button>
    </form>
  )
}

function lastUse(token: Token): string {
  return token.last_used_at ? `used ${agoLabel(Date.parse(token.last_used_at), Date.now())}` : "never used"
}

function isSure(token: Token): Promise<boolean> {
  const text = "Whatever uses it can do nothing from now on, and needs a new one."
  return ask({ title: `Revoke ${quoted(token.name)}?`, text, yes: "Revoke it" })
}
