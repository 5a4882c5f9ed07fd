// Earlier conversations: opened, given other titles, deleted after a question.
import { useEffect, useMemo, useState } from "preact/hooks"
import { Icon } from "../components/Icon.tsx"
import { momentLabel } from "../format.ts"
import { now } from "../store/clock.ts"
import { go, route } from "../store/route.ts"
import { zone } from "../store/session.ts"
import type { ConversationItem } from "../types.ts"
import { conversationId, openConversation } from "./conversation.ts"
import { History } from "./history.ts"

const LONGEST_TITLE = 200

export function HistoryList({ onOpen }: { onOpen: () => void }) {
  const history = useMemo(() => new History(), [])
  useEffect(() => void history.load(), [history])
  const { items, next, problem, state } = history
  const open = (id: string) => {
    onOpen()
    if (route.peek().view === "chat") go({ chatId: id })
    void openConversation(id)
  }
  return (
    <div class="talk">
      <h2 class="unseen">Earlier conversations</h2>
      {problem.value && <p role="alert">{problem.value}</p>}
      {items.value.length === 0 && (
        <p class="found">{state.value === "loading" ? "Loading…" : "No conversations yet."}</p>
      )}
      <ul class="history">
        {items.value.map((it) => (
          <Line key={it.id} item={it} history={history} onOpen={open} />
        ))}
      </ul>
      {next.value && (
        <button type="button" class="button quiet" onClick={() => void history.load(next.value)}>
          Show earlier
        </button>
      )}
    </div>
  )
}

interface Shown {
  item: ConversationItem
  history: History
  onOpen: (id: string) => void
}

function Line({ item, history, onOpen }: Shown) {
  const [title, setTitle] = useState<string | null>(null)
  if (title !== null)
    return (
      <li>
        <form
          class="pair"
          onSubmit={(event) => {
            event.preventDefault()
            void history.rename(item.id, title.trim()).then((done) => done && setTitle(null))
          }}
        >
          <input
            aria-label="Title"
            value={title}
            required
            maxLength={LONGEST_TITLE}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
          <button type="submit" class="button small">
            Save
          </button>
          <button type="button" class="button quiet small" onClick={() => setTitle(null)}>
            Cancel
          </button>
        </form>
      </li>
    )
  return (
    <li class={item.id === conversationId.value ? "here" : ""}>
      <button type="button" class="history-open" onClick={() => onOpen(item.id)}>
        <span>{item.title}</span>
        <small>{momentLabel(Date.parse(item.updated_at), zone.value, now.value)}</small>
      </button>
      <button
        type="button"
        class="icon-button small"
        aria-label={`Rename ${item.title}`}
        onClick={() => setTitle(item.title)}
      >
        <Icon name="note" size={16} />
      </button>
      <button
        type="button"
        class="icon-button small"
        aria-label={`Delete ${item.title}`}
        onClick={() => void history.remove(item)}
      >
        <Icon name="trash" size={16} />
      </button>
    </li>
  )
}
