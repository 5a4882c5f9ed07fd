// What was said: messages of the person, answers with their cards, calls and ways to answer or to take back.
import { Icon } from "../components/Icon.tsx"
import { showChangeSet } from "../store/change-sets.ts"
import type { ConversationMessage } from "../types.ts"
import { Calls } from "./Calls.tsx"
import { Cards, NumberOf } from "./Cards.tsx"
import { type Live, live, messages, send, stop, takeBack, takenBack } from "./conversation.ts"
import { all, Markdown } from "./Markdown.tsx"
import { repliesTo } from "./replies.ts"

export function Messages() {
  const said = messages.value
  const now = live.value
  return (
    <ol class="said">
      {said.map((it, index) =>
        it.role === "person" ? (
          <li class="mine" key={it.id}>
            <span class="unseen">You: </span>
            {it.text}
          </li>
        ) : (
          <Answer message={it} isLast={index === said.length - 1 && !now} key={it.id} />
        ),
      )}
      {now && <Growing now={now} />}
    </ol>
  )
}

function Answer({ message, isLast }: { message: ConversationMessage; isLast: boolean }) {
  const { text, state, change_set, tool_calls } = message
  const replies = repliesTo(message)
  const ids = message.task_ids ?? []
  const onNumber = isLast && replies.numbers ? (number: number) => void send(String(number)) : undefined
  let placed = false
  const list = (it: { items: readonly { tokens: never[] }[] }) => {
    const fits = ids.length > 0 && !placed
    if (fits) placed = true
    return fits ? (
      <Cards ids={ids} numbered onNumber={onNumber} />
    ) : (
      <ol class="cards">
        {it.items.map(({ tokens }, index) => (
          <li class="card" key={index}>
            <NumberOf number={index + 1} onNumber={onNumber} />
            <span class="card-title">{all(tokens)}</span>
          </li>
        ))}
      </ol>
    )
  }
  return (
    <li class={`answer state-${state ?? "done"}`}>
      <span class="unseen">Duely: </span>
      <Markdown text={text} list={list as never} />
      {!hasList(text) && ids.length > 0 && <Cards ids={ids} numbered={false} />}
      {isLast && replies.yesNo && <YesNo words={replies.yesNo} />}
      <div class="answer-foot">
        <Calls calls={tool_calls ?? []} />
        {change_set && <TakeBack id={change_set} />}
      </div>
    </li>
  )
}

function hasList(text: string): boolean {
  return /^1[.)] /m.test(text)
}

function YesNo({ words: [yes, no] }: { words: readonly [string, string] }) {
  return (
    <p class="replies">
      <button type="button" class="button small" onClick={() => void send(yes, true)}>
        {capital(yes)}
      </button>
      <button type="button" class="button small" onClick={() => void send(no)}>
        {capital(no)}
      </button>
    </p>
  )
}

function TakeBack({ id }: { id: string }) {
  const result = takenBack.value.get(id)
  if (result)
    return (
      <button type="button" class="button quiet small" onClick={() => void showChangeSet(id)}>
        {result}
      </button>
    )
  return (
    <button type="button" class="button quiet small" onClick={() => void takeBack(id)}>
      <Icon name="undo" size={14} />
      Take back
    </button>
  )
}

function Growing({ now }: { now: Live }) {
  return (
    <li class="answer" aria-busy="true">
      {now.text && <Markdown text={now.text} />}
      <Calls calls={now.calls} open />
      <div class="answer-foot">
        <span class="thinking">{now.stopping ? "Stopping" : "Working"}</span>
        {now.runId && !now.stopping && (
          <button type="button" class="button quiet small" onClick={() => void stop()}>
            <span class="stop-mark" aria-hidden="true" />
            Stop
          </button>
        )}
      </div>
    </li>
  )
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
