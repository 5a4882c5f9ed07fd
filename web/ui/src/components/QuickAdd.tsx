// One line that becomes a task: what it understands is marked in the text and shown as chips that can be taken back.
import { useRef, useState } from "preact/hooks"
import { dueLabel, momentLabel, offsetLabel } from "../format.ts"
import { type Draft, parseQuickAdd, type Token } from "../quickadd.ts"
import { createTask } from "../store/changes.ts"
import { now, serverNow } from "../store/clock.ts"
import { currentList } from "../store/lists.ts"
import { openTask } from "../store/opening.ts"
import { route } from "../store/route.ts"
import { me, zone } from "../store/session.ts"
import { show } from "../store/toasts.ts"
import { dateAt } from "../time.ts"
import type { Due, Priority, ReminderInput, Task } from "../types.ts"
import { DuePicker } from "./DuePicker.tsx"
import { Icon, type IconName } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { PRIORITY_NAMES, PriorityPicker } from "./priority.tsx"
import { ReminderPicker } from "./ReminderPicker.tsx"
import { TagInput } from "./TagInput.tsx"

/** What was chosen by hand; it wins over what is written. */
interface Picked {
  due?: Due | null
  reminders?: ReminderInput[]
  priority?: Priority
  tags?: string[]
}

interface Whole {
  due: Due | null
  reminders: ReminderInput[] | undefined
  priority: Priority
  tags: string[]
}

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
    // Read anew: "in 2 minutes" counts from the press of Enter.
    const fresh = parseQuickAdd(text, { now: serverNow(), zone: zone.value, ignored })
    submit(fresh.title, wholeOf(fresh, picked))
    clear()
    field.current?.focus()
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
            maxLength={700}
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
        Dates such as “tomorrow 9am” or “in 2 minutes”, “remind 10 min before”, #tags and !high are understood.
      </p>
      {active && <Tools whole={whole} pick={pick} takeBack={takeBack} />}
    </form>
  )
}

interface ToolsProps {
  whole: Whole
  pick: (change: Picked) => void
  takeBack: (kinds: Token["kind"][], change: Picked) => void
}

function Tools({ whole, pick, takeBack }: ToolsProps) {
  const { due, reminders, priority, tags } = whole
  return (
    <div class="quick-tools">
      <Tool
        icon="today"
        label="Due date"
        value={due && dueLabel(due, zone.value, now.value)}
        onRemove={() => takeBack(["date", "time"], { due: null })}
      >
        {(close) => (
          <DuePicker
            due={due}
            onPick={(chosen) => {
              close()
              pick({ due: chosen })
            }}
          />
        )}
      </Tool>
      <Tool
        icon="notifications"
        label="Reminder"
        value={reminderText(reminders)}
        fallback={due ? defaultReminderText() : "Reminder"}
        onRemove={() => takeBack(["reminder"], { reminders: [] })}
      >
        {(close) => (
          <ReminderPicker
            hasDue={due !== null}
            onPick={(reminder) => {
              close()
              pick({ reminders: [...(reminders ?? []), reminder] })
            }}
          />
        )}
      </Tool>
      <Tool
        icon="flag"
        label="Priority"
        value={priority === "none" ? null : PRIORITY_NAMES[priority]}
        look={`p-${priority}`}
        onRemove={() => takeBack(["priority"], { priority: "none" })}
      >
        {(close) => (
          <PriorityPicker
            value={priority}
            onPick={(chosen) => {
              close()
              pick({ priority: chosen })
            }}
          />
        )}
      </Tool>
      <Tool
        icon="tag"
        label="Tags"
        value={tags.length > 0 ? tags.map((it) => `#${it}`).join(" ") : null}
        onRemove={() => takeBack(["tag"], { tags: [] })}
      >
        {() => <TagInput tags={tags} onChange={(chosen) => pick({ tags: chosen })} />}
      </Tool>
    </div>
  )
}

interface ToolProps {
  icon: IconName
  label: string
  value: string | null
  fallback?: string
  look?: string
  onRemove: () => void
  children: (close: () => void) => preact.ComponentChildren
}

/** A chip when it has a value, else a quiet button; both open the same picker. */
function Tool({ icon, label, value, fallback = label, look = "", onRemove, children }: ToolProps) {
  return (
    <span class={`tool ${value ? "set" : ""} ${look}`}>
      <Popover
        label={value ? `${label}: ${value}` : label}
        class="tool-button"
        button={
          <>
            <Icon name={icon} size={15} />
            <span>{value ?? fallback}</span>
          </>
        }
      >
        {children}
      </Popover>
      {value && (
        <button type="button" class="chip-remove" aria-label={`Remove ${label.toLowerCase()}`} onClick={onRemove}>
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  )
}

/** The same text behind the field, with what was understood marked. */
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
  return {
    due: picked.due === undefined ? (draft.due ?? dueOfView()) : picked.due,
    reminders: picked.reminders ?? draft.reminders,
    priority: picked.priority ?? draft.priority ?? "none",
    tags: picked.tags ?? (draft.tags.length > 0 ? draft.tags : route.value.tags),
  }
}

/** What is added in Today is due today, unless said otherwise. */
function dueOfView(): Due | null {
  return route.value.view === "today" && !route.value.search ? { date: dateAt(serverNow(), zone.value) } : null
}

function submit(title: string, { due, reminders, priority, tags }: Whole): void {
  const { id, done } = createTask({ title, due, priority, tags, ...(reminders ? { reminders } : {}) })
  void done.then((task) => task && tellIfElsewhere(id, task))
}

/** It went where it belongs, which may be out of sight. */
function tellIfElsewhere(id: string, task: Task): void {
  if (currentList.peek().some((it) => it.id === id)) return
  const when = task.due ? dueLabel(task.due, zone.peek(), serverNow()) : "no due date"
  show({
    kind: "done",
    text: `Added “${task.title}”`,
    detail: when,
    action: { label: "Open", run: () => openTask(id) },
  })
}

function reminderText(reminders: ReminderInput[] | undefined): string | null {
  if (!reminders) return null
  if (reminders.length === 0) return "No reminder"
  return reminders.map(oneReminder).join(", ")
}

function oneReminder(reminder: ReminderInput): string {
  if ("at" in reminder) return momentLabel(Date.parse(reminder.at), zone.value, now.value)
  return offsetLabel(reminder.offset_minutes)
}

function defaultReminderText(): string {
  const minutes = me.value?.defaults.reminder_offset_minutes
  return minutes === null || minutes === undefined ? "Reminder" : `${offsetLabel(minutes)} (default)`
}
