// The state of the live connection: whether what is on screen is up to date.
import { connection, nudgeLive } from "../store/live.ts"
import type { StreamState } from "../stream.ts"

const WORDS: Record<StreamState, [word: string, meaning: string]> = {
  connecting: ["Connecting…", "The live connection is being opened."],
  live: ["Live", "Changes show up here as they happen."],
  polling: ["Live through polling", "A proxy holds the live stream back, so this page asks again and again instead."],
  reconnecting: ["Reconnecting…", "The live connection was lost a moment ago."],
  offline: [
    "Offline",
    "The server cannot be reached. What you see may be old. New tasks are kept here until it is back; other changes cannot be saved.",
  ],
  paused: ["Paused", "Duely is open in many windows; live updates rest in this one."],
}

export function ConnectionState() {
  const state = connection.value
  const [word, meaning] = WORDS[state]
  return (
    <div class={`connection is-${state}`} title={meaning}>
      <span class="connection-dot" aria-hidden="true" />
      <span role="status" aria-label="Connection" data-testid="connection">
        {word}
      </span>
      {state === "polling" && <ProxyHelp />}
      {(state === "paused" || state === "offline") && (
        <button type="button" class="button quiet small" onClick={nudgeLive}>
          {state === "paused" ? "Resume here" : "Try now"}
        </button>
      )}
    </div>
  )
}

/** Shows the same in a banner across the page while something is wrong. */
export function ConnectionBanner() {
  const state = connection.value
  if (state === "live" || state === "connecting") return null
  const [word, meaning] = WORDS[state]
  return (
    <div class={`banner is-${state}`}>
      <p>
        <strong>{word}</strong> {meaning}
      </p>
      {state === "polling" && <ProxyHelp />}
      {(state === "paused" || state === "offline") && (
        <button type="button" class="button small" onClick={nudgeLive}>
          {state === "paused" ? "Resume here" : "Try now"}
        </button>
      )}
    </div>
  )
}

/** Links to what the operator can do about it. */
function ProxyHelp() {
  return (
    <a class="link" href="/reverse-proxy.txt" target="_blank" rel="noopener">
      What to do
    </a>
  )
}
