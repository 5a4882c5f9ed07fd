// Quick add: one line that becomes a task. What it understands is marked in the text and shown as chips that can be removed.
import { useRef, useState } from "preact/hooks"
import { dueLabel } from "../format.ts"
import { type Draft, parseQuickAdd, type Token } from "../quickadd.ts"
import { quoted } from "../quoted.ts"
import { createTask } from "../store/changes.ts"
import { now, serverNow } from "../store/clock.ts"
import { currentList } from "../store/lists.ts"
import { openTask } from "../store/opening.ts"
import { refusal } from "../store/quota.ts"
import { createRepeating } from "../store/repeating.ts"
import { route } from "../store/route.ts"
import { zone } from "../store/session.ts"
import { show } from "../store/toasts.ts"
import { dateAt } from "../time.ts"
import type { Due, Task } from "../types.ts"
import { Icon } from "./Icon.tsx"
import { type Picked, QuickTools, type Whole } from "./QuickTools.tsx"

export function QuickAdd() {
  const [text, setText] = useState("")
  const [picked, setPicked] = useState<Picked>({})
  const [ignored, setIgnored] = useState<ReadonlySet<string>>(new Set())
  const field = useRef<HTMLInputElement>(null)
  const draft = parseQuickAdd(text, { now: now.value, zone: zone.value, ignored })
  const whole = wholeOf(draft, picked)
  const active = text !== "" || Object.keys(picked).length > 0

  const pick = (change: Picked) => {
    setPicked({ ...picked, ...change })
    field.current?.focus()
  }
  const clear = () => {
    setText("")
    setPicked({})
    setIgnored(new Set())
  }
  const add = () => {
    if (!draft.title) return field.current?.focus()
    // The line is parsed again, because "in 2 minutes" counts from the press of Enter.
    const fresh = parseQuickAdd(text, { now: serverNow(), zone: zone.value, ignored })
    refusal.value = null
    void submit(fresh.title, wholeOf(fresh, picked)).then((added) => {
      if (!added && refusal.peek() !== null) giveBack()
    })
    clear()
    field.current?.focus()
  }
  /** Puts a line back for which there was no room, unless another was begun. */
  const giveBack = () => {
    setText((begun) => begun || text)
    setPicked((begun) => (Object.keys(begun).length > 0 ? begun : picked))
    setIgnored(ignored)
  }
  const takeBack = (kinds: Token["kind"][], change: Picked) => {
    const texts = draft.tokens.filter((it) => kinds.includes(it.kind)).map((it) => it.text.toLowerCase())
    setIgnored(new Set([...ignored, ...texts]))
    setPicked({ ...picked, ...change })
    field.current?.focus()
  }

  return (
    <form
      class={`quick-add ${active ? "active" : ""}`}
      aria-label="Add a task"
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <div class="quick-line">
        <span class="quick-plus">
          <Icon name="plus" />
        </span>
        <div class="quick-field">
          <Marked text={text} tokens={draft.tokens} />
          <input
            ref={field}
            id="quick-add"
            type="text"
            aria-label="New task"
            aria-describedby="quick-help"
            autocomplete="off"
            enterkeyhint="done"
            maxLength={1200}
            placeholder={active ? "" : "Add a task, like “Pay rent tomorrow 9am #home !high”"}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onScroll={syncMarks}
            onKeyDown={(event) => {
              if (event.key !== "Escape") return
              event.stopPropagation()
              if (active) clear()
              else event.currentTarget.blur()
            }}
          />
        </div>
        {active && (
          <button type="submit" class="button primary" disabled={!draft.title}>
            Add
          </button>
        )}
      </div>
      <p id="quick-help" class="unseen">
        Dates such as “tomorrow 9am” or “in 2 minutes”, “every monday”, “remind 10 min before”, #tags and !high are
        understood.
      </p>
      {active && refusal.value !== null && (
        <p class="quick-refused" role="alert" data-testid="no-room">
          {refusal.value}
        </p>
      )}
      {active && <QuickTools whole={whole} pick={pick} takeBack={takeBack} />}
    </form>
  )
}

/** Shows the same text behind the field, with the understood parts marked. */
function Marked({ text, tokens }: { text: string; tokens: Token[] }) {
  const parts: preact.ComponentChildren[] = []
  let at = 0
  for (const token of tokens) {
    parts.push(text.slice(at, token.start), <mark key={token.start}>{text.slice(token.start, token.end)}</mark>)
    at = token.end
  }
  return (
    <div class="quick-marks" aria-hidden="true">
      {parts}
      {text.slice(at)}
    </div>
  )
}

function syncMarks(event: Event): void {
  const input = event.currentTarget as HTMLInputElement
  const marks = input.previousElementSibling
  if (marks) marks.scrollLeft = input.scrollLeft
}

function wholeOf(draft: Draft, picked: Picked): Whole {
  const repeat = picked.repeat === undefined ? draft.repeat : picked.repeat
  const due = picked.due === undefined ? (draft.due ?? dueOfView()) : picked.due
  return {
    // Nothing repeats without a first date.
    due: repeat ? (due ?? todayDue()) : due,
    repeat,
    reminders: picked.reminders ?? draft.reminders,
    priority: picked.priority ?? draft.priority ?? "none",
    tags: picked.tags ?? (draft.tags.length > 0 ? draft.tags : route.value.tags),
  }
}

/** Returns today as the due of what is added in Today, unless the line names another. */
function dueOfView(): Due | null {
  return route.value.view === "today" && !route.value.search ? todayDue() : null
}

function todayDue(): Due {
  return { date: dateAt(serverNow(), zone.value) }
}

/** Returns whether the task was added. */
async function submit(title: string, { due, reminders, priority, tags, repeat }: Whole): Promise<boolean> {
  const input = { title, due, priority, tags, ...(reminders ? { reminders } : {}) }
  const task = await (repeat && due ? createRepeating({ ...input, due, recurrence: repeat }) : createTask(input).done)
  if (task) showToastIfElsewhere(task)
  return task !== undefined
}

/** Tells the reader where the task went when the current list does not show it. */
function showToastIfElsewhere(task: Task): void {
  if (currentList.peek().some((it) => it.id === task.id)) return
  const when = task.due ? dueLabel(task.due, zone.peek(), serverNow()) : "no due date"
  show({
    kind: "done",
    text: `Added ${quoted(task.title)}`,
    detail: when,
    action: { label: "Open", run: () => openTask(task.id) },
  })
}
