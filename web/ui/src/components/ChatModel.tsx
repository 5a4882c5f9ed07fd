// Who answers in the chat: which provider sees what is said there, and a switch that keeps it to this server.
import { useEffect, useState } from "preact/hooks"
import { call, failureText } from "../api.ts"
import type { ChatAbout, Me } from "../types.ts"

interface Props {
  who: Me
  onSwitch: (isOn: boolean) => void
}

export function ChatModel({ who, onSwitch }: Props) {
  const [about, setAbout] = useState<ChatAbout | null>(null)
  const [failure, setFailure] = useState("")
  useEffect(() => {
    call<ChatAbout>("GET", "/chat/about")
      .then(({ value }) => setAbout(value))
      .catch((error) => setFailure(failureText(error)))
  }, [])
  return (
    <section aria-labelledby="settings-chat">
      <h2 id="settings-chat">Chat</h2>
      {about?.backend === "rules" && (
        <p class="hint">Duely answers by itself, without a model. What you say stays on this server.</p>
      )}
      {about?.provider && (
        <>
          <label class="check-line">
            <input
              type="checkbox"
              checked={who.defaults.chat_model}
              onChange={(event) => onSwitch(event.currentTarget.checked)}
            />
            <span>
              The model {about.model} answers, at {about.provider}
            </span>
          </label>
          <p class="hint">
            {who.defaults.chat_model
              ? `${about.provider} sees what you write in the chat and the tasks that are read to answer it: titles, notes, tags and times. It answers up to ${about.runs_a_day} of your messages within 24 hours.`
              : "Duely answers by its own rules. What you say stays on this server."}
          </p>
        </>
      )}
      <p class="form-failure" role="alert">
        {failure}
      </p>
    </section>
  )
}
