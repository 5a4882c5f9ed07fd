// What to paste into a client, with the secret of the token that was just made.
import { useState } from "preact/hooks"
import { agentSnippets } from "../agent-snippets.ts"
import { show } from "../store/toasts.ts"
import type { NewToken } from "../types.ts"

export function AgentSnippets({ token, onDone }: { token: NewToken; onDone: () => void }) {
  const snippets = agentSnippets(location.origin, token.token)
  const [client, setClient] = useState(snippets[0]?.client)
  const chosen = snippets.find((it) => it.client === client)
  return (
    <div class="snippets">
      <p role="status">
        The token of <strong>{token.name}</strong> is shown only now. Copy what your client needs:
      </p>
      <fieldset class="segments">
        <legend class="unseen">Client</legend>
        {snippets.map((it) => (
          <label class="segment" key={it.client}>
            <input
              type="radio"
              class="unseen"
              name="client"
              checked={it.client === client}
              onChange={() => setClient(it.client)}
            />
            <span>{it.client}</span>
          </label>
        ))}
      </fieldset>
      {chosen && (
        <>
          <p class="hint">{chosen.place}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{chosen.text}</pre>
        </>
      )}
      <div class="pair">
        <button type="button" class="button primary" onClick={() => chosen && void copy(chosen.text)}>
          Copy
        </button>
        <button type="button" class="button" onClick={() => void copy(token.token)}>
          Copy the token alone
        </button>
        <button type="button" class="button quiet" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  )
}

/** Copies a text; over plain http a browser does not allow it, and says so. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    show({ kind: "done", text: "Copied" })
  } catch {
    show({ kind: "problem", text: "Your browser does not let the page copy; select the text and copy it yourself" })
  }
}
