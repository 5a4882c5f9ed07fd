// Quick add: one line that becomes a task. What the server understands is marked in the text and shown as chips that can be removed.
import { useEffect, useRef, useState } from "preact/hooks"
import { dueLabel } from "../format.ts"
import { literalOf, type Mark, marksOf, moved, type Stretch, unmoved } from "../line.ts"
import { quoted } from "../quoted.ts"
import { addLine, newLine } from "../store/adding.ts"
import type { NewTask } from "../store/changes.ts"
import { serverNow } from "../store/clock.ts"
import { keepLine, type Line } from "../store/kept-lines.ts"
import { currentList } from "../store/lists.ts"
import { openTask } from "../store/opening.ts"
import { refusal } from "../store/quota.ts"
import { LineReader } from "../store/reading.ts"
import { route } from "../store/route.ts"
import { zone } from "../store/session.ts"
import { show } from "../store/toasts.ts"
import { dateAt } from "../time.ts"
import type { Due, QuickAddLine, Reading, ReminderInput, Task } from "../types.ts"
import { Icon } from "./Icon.tsx"
import { KeptLines } from "./KeptLines.tsx"
import { type Picked, QuickTools, type Whole } from "./QuickTools.tsx"

/** What is typed, what was chosen beside it, and the stretches that are not to be read. */
interface Entry {
  text: string
  picked: Picked
  literal: readonly Stretch[]
}

const BLANK: Entry = { text: "", picked: {}, literal: [] }

export function QuickAdd() {
  const [entry, setEntry] = useState(BLANK)
  const [reader] = useState(() => new LineReader())
  const field = useRef<HTMLInputElement>(null)
  const newest = useRef(entry)
  newest.current = entry
  useEffect(() => () => reader.stop(), [reader])

  const { text, picked, literal } = entry
  const understood = reader.understood.value
  const reading = understood?.reading
  const marks = understood ? unmoved(marksOf(understood.text, understood.reading), understood.text, text) : []
  const whole = wholeOf(reading, picked)
  const isTyped = text.trim() !== ""
  const active = text !== "" || Object.keys(picked).length > 0

  const change = (next: Entry) => {
    setEntry(next)
    if (next.text !== text || next.literal !== literal) reader.ask(next.text, next.literal)
  }
  const clear = () => change(BLANK)
  const pick = (chosen: Picked) => {
    change({ ...entry, picked: { ...picked, ...chosen } })
    field.current?.focus()
  }
  const takeBack = (kinds: Mark["kind"][], name: keyof Picked) => {
    const said = marks.filter((it) => kinds.includes(it.kind))
    if (said.length > 0 && !(name in picked)) change({ ...entry, literal: [...literal, ...said] })
    else change({ ...entry, picked: { ...picked, [name]: NONE[name] } })
    field.current?.focus()
  }
  const add = () => {
    if (!isTyped) return field.current?.focus()
    refusal.value = null
    const isRead = understood?.text === text
    void submit(lineOf(entry), isRead ? draftOf(understood.reading, whole) : undefined).then((line) => {
      if (line) giveBack(line, entry)
    })
    clear()
    field.current?.focus()
  }
  /** Puts back a line that was refused; when another was begun, it is kept below. */
  const giveBack = (line: Line & { fault: string }, was: Entry) => {
    if (newest.current !== BLANK) return void keepLine(line)
    setEntry(was)
    reader.ask(was.text, was.literal)
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
          <Marked text={text} marks={marks} />
          <input
            ref={field}
            id="quick-add"
            type="text"
            aria-label="New task"
            aria-describedby="quick-help"
            autocomplete="off"
            enterkeyhint="done"
            maxLength={20_000}
            placeholder={active ? "" : "Add a task, like “Pay rent tomorrow 9am #home !high”"}
            value={text}
            onInput={({ currentTarget: { value } }) =>
              change({ ...entry, text: value, literal: moved(literal, text, value) })
            }
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
          <button type="submit" class="button primary" disabled={!isTyped}>
            Add
          </button>
        )}
      </div>
      <p id="quick-help" class="unseen">
        Dates such as “tomorrow 9am” or “in 2 minutes”, “every monday”, “remind me 10 min before”, #tags and !high are
        understood, in English and in the language of your settings.
      </p>
      {active && refusal.value !== null && (
        <p class="quick-refused" role="alert" data-testid="no-room">
          {refusal.value}
        </p>
      )}
      {active && <QuickTools whole={whole} pick={pick} takeBack={takeBack} />}
      <KeptLines
        edit={({ body }) => {
          change({ ...BLANK, text: body.text })
          field.current?.focus()
        }}
      />
    </form>
  )
}

const NONE: Required<Picked> = { due: null, recurrence: null, reminders: [], priority: "none", tags: [] }

/** Shows the same text behind the field, with the understood parts marked. */
function Marked({ text, marks }: { text: string; marks: Mark[] }) {
  const parts: preact.ComponentChildren[] = []
  let at = 0
  for (const { start, end } of marks) {
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>)
    at = end
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

function wholeOf(reading: Reading | undefined, picked: Picked): Whole {
  const recurrence = picked.recurrence === undefined ? (reading?.recurrence ?? null) : picked.recurrence
  const due = picked.due === undefined ? (reading?.due ?? dueOfView()) : picked.due
  return {
    // Nothing repeats without a first date.
    due: recurrence ? (due ?? todayDue()) : due,
    recurrence,
    reminders: picked.reminders ?? ((reading?.reminders ?? undefined) as ReminderInput[] | undefined),
    priority: picked.priority ?? reading?.priority ?? "none",
    tags: picked.tags ?? (reading?.tags.length ? reading.tags : route.value.tags),
  }
}

/** Returns today as the due of what is added in Today, unless the line names another. */
function dueOfView(): Due | null {
  return route.value.view === "today" && !route.value.search ? todayDue() : null
}

function todayDue(): Due {
  return { date: dateAt(serverNow(), zone.value) }
}

/** Returns the line as of now, read in the zone of now, whenever it reaches the server. */
function lineOf({ text, literal, picked }: Entry): Line {
  const due = dueOfView()
  return newLine({
    text,
    written_at: new Date(serverNow()).toISOString(),
    zone: zone.peek(),
    literal: literalOf(text, literal),
    fields: picked as QuickAddLine["fields"],
    otherwise: { ...(due ? { due } : {}), ...(route.peek().tags.length > 0 ? { tags: route.peek().tags } : {}) },
  } as QuickAddLine)
}

/** Returns what is shown until the server has answered; what repeats is not, because the server makes its id. */
function draftOf({ title, list }: Reading, { recurrence, reminders, ...fields }: Whole): NewTask | undefined {
  if (recurrence || list) return undefined
  return { title, ...fields, ...(reminders ? { reminders } : {}) }
}

/** Adds a line; returns it with the reason if it was refused. */
async function submit(line: Line, draft: NewTask | undefined): Promise<(Line & { fault: string }) | undefined> {
  const { task, refused } = await addLine(line, draft)
  if (task) showToastIfElsewhere(task)
  return refused === undefined ? undefined : { ...line, fault: refused }
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
