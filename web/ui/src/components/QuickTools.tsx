// The chips below quick add: each shows what was understood, opens a picker for it, and can be removed.
import type { ComponentChildren } from "preact"
import { dueLabel, momentLabel } from "../format.ts"
import type { SpanKind } from "../line.ts"
import { isOffset, offsetLabel } from "../offsets.ts"
import type { Recurrence } from "../recurrence.ts"
import { ruleWords } from "../recurrence-words.ts"
import { now, serverNow } from "../store/clock.ts"
import { usualOffset, zone } from "../store/session.ts"
import { dateAt } from "../time.ts"
import type { Due, Priority, ReminderInput } from "../types.ts"
import { DuePicker } from "./DuePicker.tsx"
import { Icon, type IconName } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { PRIORITY_NAMES, PriorityPicker } from "./priority.tsx"
import { countsOf, ReminderPicker } from "./ReminderPicker.tsx"
import { openRepeat } from "./RepeatDialog.tsx"
import { TagInput } from "./TagInput.tsx"

/** What the reader chose by hand; it wins over the text. */
export interface Picked {
  due?: Due | null
  reminders?: ReminderInput[]
  priority?: Priority
  tags?: string[]
  recurrence?: Whole["recurrence"]
}

export interface Whole {
  due: Due | null
  reminders: ReminderInput[] | undefined
  priority: Priority
  tags: string[]
  recurrence: (Partial<Recurrence> & Pick<Recurrence, "rule" | "mode">) | null
}

interface ToolsProps {
  whole: Whole
  pick: (change: Picked) => void
  takeBack: (kinds: SpanKind[], field: keyof Picked) => void
}

export function QuickTools({ whole, pick, takeBack }: ToolsProps) {
  const { due, reminders, priority, tags } = whole
  const isAllDay = countsOf(due) === "days"
  return (
    <div class="quick-tools">
      <Tool
        icon="today"
        label="Due date"
        value={due && dueLabel(due, zone.value, now.value)}
        onRemove={() => takeBack(["date", "time"], "due")}
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
      <RepeatTool whole={whole} pick={pick} onRemove={() => takeBack(["recurrence"], "recurrence")} />
      <Tool
        icon="notifications"
        label="Reminder"
        value={reminderText(reminders, isAllDay)}
        fallback={due ? defaultReminderText(isAllDay) : "Reminder"}
        onRemove={() => takeBack(["reminder", "request"], "reminders")}
      >
        {(close) => (
          <ReminderPicker
            counts={countsOf(due)}
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
        onRemove={() => takeBack(["priority"], "priority")}
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
        onRemove={() => takeBack(["tag"], "tags")}
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
  children: (close: () => void) => ComponentChildren
}

/** Shows a chip when there is a value, else a quiet button; both open the same picker. */
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

/** Opens the repeat dialog, which has room for all options. */
function RepeatTool({
  whole: { due, recurrence: repeat },
  pick,
  onRemove,
}: Pick<ToolsProps, "whole" | "pick"> & { onRemove: () => void }) {
  const start = due ?? { date: dateAt(serverNow(), zone.value) }
  const words = repeat && ruleWords(repeat.rule, repeat.mode, "date" in start ? start.date : start.local.slice(0, 10))
  const open = () =>
    openRepeat({
      title: "Repeat",
      recurrence: repeat && { ...USUAL, ...repeat },
      start,
      saves: [["Set", ({ recurrence, start }) => pick({ recurrence, due: start })]],
    })
  return (
    <span class={`tool ${words ? "set" : ""}`}>
      <button
        type="button"
        class="tool-button"
        aria-haspopup="dialog"
        aria-label={words ? `Repeat: ${words}` : "Repeat"}
        onClick={open}
      >
        <Icon name="repeat" size={15} />
        <span>{words ?? "Repeat"}</span>
      </button>
      {words && (
        <button type="button" class="chip-remove" aria-label="Remove repeat" onClick={onRemove}>
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  )
}

const USUAL = { month_end: "clamp", look_ahead_days: 0 } as const

function reminderText(reminders: ReminderInput[] | undefined, isAllDay: boolean): string | null {
  if (!reminders) return null
  if (reminders.length === 0) return "No reminder"
  return reminders.map((it) => oneReminder(it, isAllDay)).join(", ")
}

function oneReminder(reminder: ReminderInput, isAllDay: boolean): string {
  if (!isOffset(reminder)) return momentLabel(Date.parse(reminder.at), zone.value, now.value)
  return offsetLabel(reminder, isAllDay)
}

function defaultReminderText(isAllDay: boolean): string {
  const usual = usualOffset.value
  return usual ? `${offsetLabel(usual, isAllDay)} (default)` : "Reminder"
}
