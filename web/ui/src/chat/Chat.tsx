// The chat: one conversation, its field, and the list of earlier ones. The page loads it when it is first opened.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { Icon } from "../components/Icon.tsx"
import { route, viewLink } from "../store/route.ts"
import { Composer } from "./Composer.tsx"
import {
  announced,
  conversationId,
  isEmpty,
  live,
  loading,
  messages,
  newConversation,
  openConversation,
} from "./conversation.ts"
import { keepDraft } from "./draft.ts"
import { HistoryList } from "./HistoryList.tsx"
import { Messages } from "./Messages.tsx"
import "./chat.css"

const SUGGESTIONS = [
  "What is due this week?",
  "Plan my day",
  "Remind me to call Ana next friday at 15:30 #work !high",
  "Water the plants every 3 days",
]

export function Chat() {
  const [listed, setListed] = useState(false)
  const { view, chatId } = route.value
  useEffect(() => {
    if (view !== "chat" || !chatId) return
    setListed(false)
    void openConversation(chatId)
  }, [view, chatId])
  return (
    <section class="chat" aria-label="Conversation">
      <div class="chat-tools">
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            setListed(false)
            newConversation()
          }}
        >
          <Icon name="plus" size={16} />
          New
        </button>
        <button type="button" class="button quiet small" aria-expanded={listed} onClick={() => setListed(!listed)}>
          <Icon name="activity" size={16} />
          Earlier
        </button>
        {view !== "chat" && (
          <a class="button quiet small" href={viewLink("chat", { chatId: conversationId.value })}>
            Open as page
          </a>
        )}
      </div>
      {listed ? <HistoryList onOpen={() => setListed(false)} /> : <Talk />}
      <div class="unseen" role="status" aria-live="polite">
        {announced.value}
      </div>
    </section>
  )
}

function Talk() {
  const end = useRef<HTMLDivElement>(null)
  const [said, now] = [messages.value, live.value]
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end is shown whenever something is added there
  useLayoutEffect(() => end.current?.scrollIntoView({ block: "end" }), [said.length, now])
  return (
    <>
      <div class="talk">
        {loading.value && <p class="found">Loading…</p>}
        {isEmpty.value ? <Suggestions /> : <Messages />}
        <div ref={end} />
      </div>
      <Composer />
    </>
  )
}

function Suggestions() {
  return (
    <div class="suggestions">
      <h2>What can I do for you?</h2>
      <ul>
        {SUGGESTIONS.map((text) => (
          <li key={text}>
            <button
              type="button"
              onClick={() => {
                keepDraft(text)
                document.querySelector<HTMLElement>(".composer textarea")?.focus()
              }}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
