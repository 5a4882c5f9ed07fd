// The field in which a message is typed: Enter sends, Shift+Enter makes a line, the up arrow fetches the last message.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks"
import { Icon } from "../components/Icon.tsx"
import { chatAskedFor } from "../store/beside.ts"
import { lastSaid, live, problem, send } from "./conversation.ts"
import { draft, keepDraft } from "./draft.ts"

const LONGEST = 20_000
const HIGHEST_PX = 200

export function Composer() {
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, asked, busy] = [draft.value, chatAskedFor.value, live.value !== null]
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chat is asked for again
  useEffect(() => field.current?.focus(), [asked])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => fit(field.current), [text])
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send(text)
      }}
    >
      {problem.value && (
        <p class="composer-problem" role="alert">
          {problem.value}
        </p>
      )}
      <div class="composer-box">
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={LONGEST}
          aria-label="Message"
          placeholder="Add, find or change tasks…"
          onInput={(event) => keepDraft(event.currentTarget.value)}
          onKeyDown={(event) => onKey(event, text)}
        />
        <button type="submit" class="send" aria-label="Send" disabled={busy || !text.trim()}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  )
}

function onKey(event: KeyboardEvent, text: string): void {
  if (event.isComposing) return // Enter ends a word of an input method
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault()
    void send(text)
  } else if (event.key === "ArrowUp" && text === "" && lastSaid()) {
    event.preventDefault()
    keepDraft(lastSaid())
  }
}

function fit(field: HTMLTextAreaElement | null): void {
  if (!field) return
  field.style.height = "auto"
  field.style.height = `${Math.min(field.scrollHeight, HIGHEST_PX)}px`
}
